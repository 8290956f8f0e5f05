/**
 * The parser's place in the source: the current token, and how to move on or refuse. It also
 * carries what is known while reading: the version, the services, the variables set so far.
 */

import type { ExternalServices } from "../external/services.ts";
import { sqlLimits } from "../limits.ts";
import { isFirstVersion, type SqlVersion } from "../version.ts";
import { placeOf, Refusal, refusals, type SqlError } from "./refusal.ts";
import { describeToken, nextRun, nextToken, type Token } from "./token.ts";
import type { Span } from "./tree.ts";

/** What a text is read with. */
export interface Reading {
  readonly version: SqlVersion;
  /** A function whose service is not among them is refused. */
  readonly services: ExternalServices;
  /** Names with their `@`, in the order of SET. */
  readonly variables: readonly string[];
  readonly isTemplate: boolean;
}

export class Cursor {
  readonly source: string;
  readonly reading: Reading;
  readonly warnings: SqlError[] = [];
  /** Those of the reading, and what SET adds. */
  readonly variables: string[];
  token: Token;
  /** Whether a call of another service has been read. */
  isExternal = false;
  /** In which such calls ask, as they were read. */
  readonly roles: string[] = [];
  /** Inside a default value, where no service may be asked. */
  isInDefault = false;
  #previousEnd: number;
  #tokenCount = 0;
  #depth = 0;

  /** Stands before the token that begins at `start`. */
  constructor(source: string, reading: Reading, start = 0) {
    this.source = source;
    this.reading = reading;
    this.variables = [...reading.variables];
    this.#previousEnd = start;
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
    this.#previousEnd = taken.end;
    this.token = nextToken(this.source, taken.end);
    return taken;
  }

  /** From `start` to the end of what was taken last. */
  spanFrom(start: number): Span {
    return { start, end: this.#previousEnd };
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

  requireVersion2016(what: string, at = this.token.start): void {
    if (isFirstVersion(this.reading.version)) this.refuse(refusals.tooNew(what), at);
  }

  warn(message: string, at: number): void {
    this.warnings.push({ message, ...placeOf(this.source, at) });
  }

  refuse(message: string, at = this.token.start): never {
    throw new Refusal(at, message);
  }

  refuseToken(expected: string): never {
    this.refuse(refusals.expected(expected, describeToken(this.token)));
  }
}
