/** A regular expression ready for use: test, first match, replace all. */

import { boundedText } from "../failure.ts";
import type { Meter } from "./meter.ts";
import { compileRegex, type Program } from "./program.ts";
import type { RefusalReason } from "./reader.ts";
import { Recognizer } from "./recognizer.ts";
import { fillReplacement, parseReplacement } from "./replacement.ts";
import { Searcher } from "./search.ts";

export type RegexResult =
  | { readonly ok: true; readonly regex: Regex }
  | { readonly ok: false; readonly reason: RefusalReason; readonly message: string };

/** The regular expression, or why the pattern is refused. */
export function createRegex(pattern: string): RegexResult {
  const compiled = compileRegex(pattern);
  return compiled.ok ? { ok: true, regex: new Regex(compiled.program) } : compiled;
}

export class Regex {
  readonly #program: Program;
  readonly #recognizer: Recognizer;
  #searcher: Searcher | undefined;

  constructor(program: Program) {
    this.#program = program;
    this.#recognizer = new Recognizer(program);
  }

  /** For what preparing it costs, as work. */
  get size(): number {
    return 50 * this.#program.instructions.length;
  }

  /** Whether it matches anywhere in the text. */
  test(text: string, meter: Meter): boolean {
    return this.#recognizer.test(text, meter);
  }

  /** The same of an ASCII text without control characters, which stands in bytes. */
  testAscii(bytes: Uint8Array, start: number, end: number, meter: Meter): boolean {
    return this.#recognizer.testAscii(bytes, start, end, meter);
  }

  /** The first match's text, or `undefined`. */
  firstMatch(text: string, meter: Meter): string | undefined {
    if (!this.#recognizer.test(text, meter)) return undefined;
    const match = this.#search(text, 0, meter);
    return match && text.slice(match[0], match[1]);
  }

  /**
   * Every match replaced as Java's `replaceAll` does: `$n` and `${name}` stand for a group, a
   * backslash makes the next character plain. `undefined` when there is a match and Java would
   * answer with an exception: for a group that is not there, for a lone `$` or backslash at the
   * end. A result that is too long ends the evaluation.
   */
  replaceAll(text: string, replacement: string, meter: Meter): string | undefined {
    if (!this.#recognizer.test(text, meter)) return text;
    const parts = parseReplacement(replacement, this.#program);
    if (!parts) return undefined;
    meter.spend(replacement.length >> 5);
    let result = "";
    let copied = 0;
    for (let from = 0; from <= text.length; ) {
      const match = this.#search(text, from, meter);
      if (!match) break;
      meter.spend(2 + 2 * parts.length);
      const [start = 0, end = 0] = match;
      result += text.slice(copied, start);
      result = boundedText(result + fillReplacement(parts, text, match));
      copied = end;
      from = end > start ? end : end + widthAt(text, end);
    }
    return boundedText(result + text.slice(copied));
  }

  /** Made when first needed: a pattern that is only tested needs none. */
  #search(text: string, from: number, meter: Meter) {
    this.#searcher ??= new Searcher(this.#program);
    return this.#searcher.search(text, from, meter);
  }
}

function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
