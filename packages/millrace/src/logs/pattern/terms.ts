/**
 * Terms of unstructured lines: `ERROR "timed out"` (all of them), `?WARN ?ERROR` (one of them),
 * `-DEBUG` (not this one). A term is found wherever it stands in the line, letters as they are.
 *
 * Optional terms beside others count for nothing, as on AWS. A regular expression (`%...%`) stands
 * alone.
 */

import type { Cursor } from "./cursor.ts";
import { readRegex } from "./regex.ts";

interface Term {
  readonly sign: "" | "?" | "-";
  readonly text: string;
}

export function readTerms(cursor: Cursor): (message: string) => boolean {
  const regex = readRegex(cursor.skipSpaces());
  if (regex) {
    if (!cursor.skipSpaces().isAtEnd) cursor.fail("a regular expression stands alone");
    return regex;
  }
  const terms: Term[] = [];
  while (!cursor.skipSpaces().isAtEnd) terms.push(readTerm(cursor));
  const textsOf = (sign: Term["sign"]) =>
    terms.filter((term) => term.sign === sign).map(({ text }) => text);
  const [required, optional, excluded] = [textsOf(""), textsOf("?"), textsOf("-")];
  const countsOptional = optional.length > 0 && optional.length === terms.length;
  return (message) =>
    required.every((text) => message.includes(text)) &&
    !excluded.some((text) => message.includes(text)) &&
    (!countsOptional || optional.some((text) => message.includes(text)));
}

function readTerm(cursor: Cursor): Term {
  const sign = cursor.take("?") ? "?" : cursor.take("-") ? "-" : "";
  if (cursor.sees("%")) cursor.fail("a regular expression stands alone");
  const quoted = cursor.quoted();
  if (quoted !== undefined) return { sign, text: quoted };
  const text = cursor.match(/[\p{L}\p{N}_]+/uy);
  if (text === undefined || cursor.match(/\S/y) !== undefined) {
    cursor.fail("a term of other characters than letters, digits and _ stands in quotation marks");
  }
  return { sign, text: text! };
}
