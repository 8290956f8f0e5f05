/**
 * Functions with regular expressions, in Java's dialect: a match is found in time linear in the
 * text, and what is looked at counts as work of the evaluation.
 */

import { createRegex, type Regex } from "../regex/regex.ts";
import { toText } from "../values/convert.ts";
import {
  type ApplyToAscii,
  type ApplyToValues,
  type FunctionDefinition,
  type FunctionTable,
  onPattern,
} from "./definition.ts";

interface Applied {
  readonly apply: ApplyToValues;
  readonly applyToAscii?: ApplyToAscii;
}

/** The pattern is the second argument. */
function onRegex(argumentCount: number, create: (regex: Regex) => Applied): FunctionDefinition {
  return onPattern(argumentCount, 1, (pattern) => {
    const created = createRegex(pattern);
    return created.ok ? { ok: true, ...create(created.regex), work: created.regex.size } : created;
  });
}

export const patternFunctions: FunctionTable = {
  regexp_matches: onRegex(2, (regex) => ({
    apply: (run, value) => {
      const text = toText(value, run);
      return text === undefined ? undefined : regex.test(text, run);
    },
    applyToAscii: (run, bytes, start, end) => regex.testAscii(bytes, start, end, run),
  })),
  regexp_replace: onRegex(3, (regex) => ({
    apply: (run, value, by) => {
      const text = toText(value, run);
      const replacement = toText(by, run);
      if (text === undefined || replacement === undefined) return undefined;
      return regex.replaceAll(text, replacement, run);
    },
  })),
  regexp_substr: onRegex(2, (regex) => ({
    apply: (run, value) => {
      const text = toText(value, run);
      return text === undefined ? undefined : regex.firstMatch(text, run);
    },
  })),
};
