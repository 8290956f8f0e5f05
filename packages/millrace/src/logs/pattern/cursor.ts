/** A place in a filter pattern, and the few things that all its kinds read. */

/** The pattern cannot be understood, or holds what is not implemented; the message says what. */
export class PatternProblem extends Error {
  override name = "PatternProblem";
}

export class Cursor {
  readonly #text: string;
  #at: number;
  readonly #end: number;

  constructor(text: string, at = 0, end = text.length) {
    this.#text = text;
    this.#at = at;
    this.#end = end;
  }

  get isAtEnd(): boolean {
    return this.#at >= this.#end;
  }

  skipSpaces(): this {
    while (!this.isAtEnd && /\s/.test(this.#text[this.#at]!)) this.#at += 1;
    return this;
  }

  /** Whether the text goes on with this; if so it is passed. */
  take(expected: string): boolean {
    if (!this.sees(expected)) return false;
    this.#at += expected.length;
    return true;
  }

  sees(expected: string): boolean {
    return this.#at + expected.length <= this.#end && this.#text.startsWith(expected, this.#at);
  }

  /** What the expression, which is sticky, finds here; passed. */
  match(expression: RegExp): string | undefined {
    expression.lastIndex = this.#at;
    const found = expression.exec(this.#text.slice(0, this.#end))?.[0];
    if (found !== undefined) this.#at += found.length;
    return found;
  }

  /** A text in double quotation marks, in which `\"` and `\\` stand for themselves. */
  quoted(): string | undefined {
    const open = this.#at;
    if (!this.take('"')) return undefined;
    let text = "";
    while (!this.isAtEnd) {
      const character = this.#text[this.#at]!;
      this.#at += 1;
      if (character === '"') return text;
      const next = this.#text[this.#at];
      const isEscape = character === "\\" && !this.isAtEnd && (next === '"' || next === "\\");
      text += isEscape ? next : character;
      if (isEscape) this.#at += 1;
    }
    return this.fail("a quotation mark is not closed", open);
  }

  fail(what: string, at = this.#at): never {
    const place = at >= this.#end ? "at its end" : `at character ${at + 1}`;
    throw new PatternProblem(`Invalid filter pattern: ${what}, ${place}`);
  }
}
