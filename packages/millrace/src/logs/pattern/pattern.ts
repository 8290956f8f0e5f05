/**
 * Filter patterns of CloudWatch Logs, in their three kinds: terms, `{ JSON }` and `[columns]`.
 *
 * https://docs.aws.amazon.com/AmazonCloudWatch/latest/logs/FilterAndPatternSyntax.html. A pattern is
 * read once and then only asked; nothing in a line makes it take longer than the line is long. What
 * AWS says that it does not support is refused with its place.
 */

import { readColumns } from "./columns.ts";
import { Cursor, PatternProblem } from "./cursor.ts";
import { readJsonPattern } from "./json-pattern.ts";
import { readTerms } from "./terms.ts";

export type PatternReading =
  | {
      readonly ok: true;
      readonly matches: (message: string) => boolean;
      /** What matching has cost since this was asked last, in bytes that could have been read. */
      readonly takeWork: () => number;
    }
  | { readonly ok: false; readonly problem: string };

/** AWS's own bound. */
const charactersMax = 1024;

/** An empty pattern matches everything. */
export function readPattern(text: string): PatternReading {
  if (text.length > charactersMax) {
    const problem = `Invalid filter pattern: it has more than ${charactersMax} characters`;
    return { ok: false, problem };
  }
  try {
    return { ok: true, ...read(text) };
  } catch (thrown) {
    if (!(thrown instanceof PatternProblem)) throw thrown;
    return { ok: false, problem: thrown.message };
  }
}

function read(text: string) {
  const start = text.length - text.trimStart().length;
  const end = text.trimEnd().length;
  const first = text[start];
  if (first !== "{" && first !== "[") return readBy(readTerms, new Cursor(text));
  const closing = first === "{" ? "}" : "]";
  const whole = new Cursor(text);
  if (end - start < 2 || text[end - 1] !== closing) whole.fail(`"${closing}" is missing`, end);
  const inside = new Cursor(text, start + 1, end - 1);
  return readBy(first === "{" ? readJsonPattern : readColumns, inside);
}

function readBy(readKind: (cursor: Cursor) => (message: string) => boolean, cursor: Cursor) {
  return { matches: readKind(cursor), takeWork: () => cursor.work.take() };
}
