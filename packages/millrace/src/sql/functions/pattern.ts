/**
 * Functions with regular expressions, in Java's dialect: a match is found in time linear in the
 * text, and what all matches together cost has a bound (`replacePlacesMax`).
 *
 * The pattern must be a literal: it is checked when the rule is created and compiled once.
 */

import { toText } from "../convert.ts";
import type { SqlVersion } from "../version.ts";
import { type FunctionTable, onPattern } from "./definition.ts";

export function patternFunctions(version: SqlVersion): FunctionTable {
  return {
    regexp_matches: onPattern(2, (regex, value) => {
      const text = toText(value, version);
      return text === undefined ? undefined : regex.test(text);
    }),
    regexp_replace: onPattern(3, (regex, value, by) => {
      const text = toText(value, version);
      const replacement = toText(by, version);
      if (text === undefined || replacement === undefined) return undefined;
      return regex.replaceAll(text, replacement);
    }),
    regexp_substr: onPattern(2, (regex, value) => {
      const text = toText(value, version);
      return text === undefined ? undefined : regex.firstMatch(text);
    }),
  };
}
