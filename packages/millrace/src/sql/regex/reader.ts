/** The characters of a pattern, one after the other, and how reading them ends early. */

/** No pattern in Java either, or one that is and cannot be done here. */
export type RefusalReason = "invalid" | "notImplemented";

export class PatternRefusal extends Error {
  readonly reason: RefusalReason;

  constructor(reason: RefusalReason, message: string) {
    super(message);
    this.reason = reason;
  }
}

export class PatternReader {
  readonly #characters: readonly string[];
  #at = 0;

  constructor(pattern: string) {
    this.#characters = [...withoutQuoting(pattern)];
  }

  peek(ahead = 0): string | undefined {
    return this.#characters[this.#at + ahead];
  }

  next(): string {
    const character = this.peek();
    if (character === undefined) return this.refuseInvalid("the pattern ends too early");
    this.#at += 1;
    return character;
  }

  take(character: string): boolean {
    if (this.peek() !== character) return false;
    this.#at += 1;
    return true;
  }

  expect(character: string): void {
    if (!this.take(character)) this.refuseInvalid(`"${character}" is missing`);
  }

  takeDigits(): string {
    return this.#takeWhile(/^\d$/);
  }

  /** A letter, and letters and digits behind it; empty when there is none. */
  takeName(): string {
    return /^[A-Za-z]$/.test(this.peek() ?? "") ? this.#takeWhile(/^[A-Za-z\d]$/) : "";
  }

  refuse(message: string): never {
    throw new PatternRefusal("notImplemented", this.#placed(message));
  }

  refuseInvalid(message: string): never {
    throw new PatternRefusal("invalid", this.#placed(message));
  }

  #takeWhile(test: RegExp): string {
    let text = "";
    while (test.test(this.peek() ?? "")) text += this.next();
    return text;
  }

  #placed(message: string): string {
    return `${message}, at character ${this.#at + 1} of the pattern`;
  }
}

/** What stands between `\Q` and `\E`, or the end, stands for itself. */
function withoutQuoting(pattern: string): string {
  let plain = "";
  let at = 0;
  for (;;) {
    const begin = indexOfQuote(pattern, at);
    if (begin < 0) return plain + pattern.slice(at);
    const end = pattern.indexOf("\\E", begin + 2);
    const quoted = pattern.slice(begin + 2, end < 0 ? pattern.length : end);
    plain += pattern.slice(at, begin) + quoted.replace(/[^A-Za-z0-9]/gu, "\\$&");
    if (end < 0) return plain;
    at = end + 2;
  }
}

/** A backslash that is itself escaped begins nothing. */
function indexOfQuote(pattern: string, from: number): number {
  for (let at = from; at < pattern.length; at += 1) {
    if (pattern[at] !== "\\") continue;
    if (pattern[at + 1] === "Q") return at;
    at += 1;
  }
  return -1;
}
