/** A place in a filter pattern, and the few things that all its kinds read. */

/** The pattern cannot be understood, or holds what is not implemented; the message says what. */
export class PatternProblem extends Error {
  override name = "PatternProblem";
}

/** What matching has cost, beside reading the lines. */
export class Work {
  #spent = 0;

  spend(work: number): void {
    this.#spent += work;
  }

  /** Since it was asked last. */
  take(): number {
    const spent = this.#spent;
    this.#spent = 0;
    return spent;
  }
}

/** AWS's own bounds, for one pattern. */
const regexCountMax = 2;
const wildcardCountMax = 3;

export class Cursor {
  readonly work = new Work();
  readonly #text: string;
  #at: number;
  readonly #end: number;
  #regexCount = 0;
  #wildcardCount = 0;

  constructor(text: string, at = 0, end = text.length) {
    this.#text = text;
    this.#at = at;
    this.#end = end;
  }

  get at(): number {
    return this.#at;
  }

  countRegex(at: number): void {
    this.#regexCount += 1;
    if (this.#regexCount <= regexCountMax) return;
    this.fail(`more than ${regexCountMax} regular expressions`, at);
  }

  /** A selector's. */
  countWildcard(at: number): void {
    this.#wildcardCount += 1;
    if (this.#wildcardCount <= wildcardCountMax) return;
    this.fail(`more than ${wildcardCountMax} selectors with a wildcard`, at);
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

  /** The character here, passed; `undefined` at the end. */
  next(): string | undefined {
    if (this.isAtEnd) return undefined;
    this.#at += 1;
    return this.#text[this.#at - 1];
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
