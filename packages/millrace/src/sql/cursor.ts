/** The parser's place in the source: the current token, and how to move on or refuse. */

import { sqlLimits } from "./limits.ts";
import { Refusal, refusals } from "./refusal.ts";
import { describeToken, nextRun, nextToken, type Token } from "./token.ts";
import type { SqlVersion } from "./version.ts";

export class Cursor {
  readonly source: string;
  readonly version: SqlVersion;
  token: Token;
  #tokenCount = 0;
  #depth = 0;

  /** Stands before the token that begins at `start`. */
  constructor(source: string, version: SqlVersion, start = 0) {
    this.source = source;
    this.version = version;
    this.token = nextToken(source, start);
  }

  isAt(text: string): boolean {
    const { kind } = this.token;
    return (kind === "keyword" || kind === "symbol") && this.token.text === text;
  }

  /** The token after the current one. */
  peek(): Token {
    return nextToken(this.source, this.token.end);
  }

  /** Moves on; gives the token that was current. */
  take(): Token {
    const taken = this.token;
    this.#tokenCount += 1;
    if (this.#tokenCount > sqlLimits.statementTokensMax) this.refuse(refusals.tooLong());
    this.token = nextToken(this.source, taken.end);
    return taken;
  }

  /** Takes the token when it is that keyword or symbol. */
  takeIf(text: string): boolean {
    if (!this.isAt(text)) return false;
    this.take();
    return true;
  }

  /** Takes that keyword or symbol, or refuses with what stands there instead. */
  expect(text: string): void {
    if (!this.takeIf(text))
      this.refuseToken(/^[a-z]/.test(text) ? text.toUpperCase() : `"${text}"`);
  }

  /** Takes the name there; after a dot a keyword is a name too. */
  expectName(what: string, mayBeKeyword = false): string {
    const { kind, start, end } = this.token;
    if (kind !== "name" && !(mayBeKeyword && kind === "keyword")) this.refuseToken(what);
    this.take();
    return this.source.slice(start, end);
  }

  /** The run of characters after the current token, up to white space. */
  peekRun(): { readonly text: string; readonly start: number } {
    return nextRun(this.source, this.token.end);
  }

  /** Takes the current token and the run of characters after it; gives the run. */
  takeRun(): string {
    const { text, start } = this.peekRun();
    this.token = nextToken(this.source, start + text.length);
    return text;
  }

  /** Reads something that stands inside what is being read, which may not go on for ever. */
  nest<T>(read: () => T): T {
    this.#depth += 1;
    if (this.#depth > sqlLimits.nestingMax) this.refuse(refusals.tooDeep());
    const result = read();
    this.#depth -= 1;
    return result;
  }

  requireVersion2016(what: string): void {
    if (this.version === "2015-10-08") this.refuse(refusals.tooNew(what));
  }

  refuse(message: string, at = this.token.start): never {
    throw new Refusal(at, message);
  }

  refuseToken(expected: string): never {
    this.refuse(refusals.expected(expected, describeToken(this.token)));
  }
}
