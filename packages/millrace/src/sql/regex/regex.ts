/** A regular expression ready for use: test, first match, replace all. */

import { boundedText } from "../failure.ts";
import { sqlLimits } from "../limits.ts";
import { compileRegex, type Program } from "./program.ts";
import { Recognizer } from "./recognizer.ts";
import { type Match, search } from "./search.ts";

export type RegexResult =
  | { readonly ok: true; readonly regex: Regex }
  | { readonly ok: false; readonly message: string };

/** The regular expression, or why the pattern is refused. */
export function createRegex(pattern: string): RegexResult {
  const compiled = compileRegex(pattern);
  return compiled.ok ? { ok: true, regex: new Regex(compiled.program) } : compiled;
}

export class Regex {
  readonly #program: Program;
  readonly #recognizer: Recognizer;

  constructor(program: Program) {
    this.#program = program;
    this.#recognizer = new Recognizer(program);
  }

  /** Whether it matches anywhere in the text. */
  test(text: string): boolean {
    return this.#recognizer.test(text);
  }

  /** The first match's text, or `undefined`. */
  firstMatch(text: string): string | undefined {
    const match = search(this.#program, text, 0);
    return match && text.slice(match[0], match[1]);
  }

  /**
   * Every match replaced as Java's `replaceAll` does: `$n` stands for a group, a backslash makes
   * the next character plain. `undefined` when the replacement names a group that is not there or
   * ends in a lone `$` or backslash, which Java answers with an exception, as soon as there is a
   * match. A result that is too long, or too much of a search for it, ends the evaluation.
   */
  replaceAll(text: string, replacement: string): string | undefined {
    let result = "";
    let copied = 0;
    const budget = { places: sqlLimits.replacePlacesMax + 2 * text.length };
    for (let from = 0; from <= text.length; ) {
      const match = search(this.#program, text, from, budget);
      if (!match) break;
      const expanded = expand(replacement, text, match);
      if (expanded === undefined) return undefined;
      const [start = 0, end = 0] = match;
      result = boundedText(result + text.slice(copied, start) + expanded);
      copied = end;
      from = end > start ? end : end + widthAt(text, end);
    }
    return result + text.slice(copied);
  }
}

function expand(replacement: string, text: string, match: Match): string | undefined {
  let result = "";
  for (let at = 0; at < replacement.length; ) {
    const character = replacement[at]!;
    at += 1;
    if (character === "\\") {
      if (at === replacement.length) return undefined;
      result += replacement[at];
      at += 1;
    } else if (character === "$") {
      const reference = groupReference(replacement, at, match.length / 2);
      if (!reference) return undefined;
      at = reference.end;
      const [start = -1, end = -1] = match.slice(2 * reference.group);
      if (start >= 0) result = boundedText(result + text.slice(start, end));
    } else result += character;
  }
  return result;
}

/** The first digit always counts, a further one only while such a group exists. */
function groupReference(replacement: string, at: number, groupCount: number) {
  let group: number | undefined;
  let end = at;
  while (/^\d$/.test(replacement[end] ?? "")) {
    const longer = (group ?? 0) * 10 + Number(replacement[end]);
    if (longer >= groupCount) break;
    group = longer;
    end += 1;
  }
  return group === undefined ? undefined : { group, end };
}

function widthAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}
