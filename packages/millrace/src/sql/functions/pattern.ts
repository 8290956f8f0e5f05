/**
 * Functions with regular expressions, in Java's dialect: a match is found in time linear in the
 * text, and what is looked at counts as work of the evaluation.
 */

import { createRegex, type Regex } from "../regex/regex.ts";
import type { Run } from "../run.ts";
import { toText } from "../values/convert.ts";
import type { Value } from "../values/value.ts";
import { type FunctionDefinition, type FunctionTable, onPattern } from "./definition.ts";

/** The pattern is the second argument. */
function onRegex(
  argumentCount: number,
  apply: (run: Run, regex: Regex, ...values: Value[]) => Value,
): FunctionDefinition {
  return onPattern(argumentCount, 1, (pattern) => {
    const created = createRegex(pattern);
    if (!created.ok) return created;
    const { regex } = created;
    return { ok: true, apply: (run, ...values) => apply(run, regex, ...values) };
  });
}

export const patternFunctions: FunctionTable = {
  regexp_matches: onRegex(2, (run, regex, value) => {
    const text = toText(value, run);
    return text === undefined ? undefined : regex.test(text, run);
  }),
  regexp_replace: onRegex(3, (run, regex, value, by) => {
    const text = toText(value, run);
    const replacement = toText(by, run);
    if (text === undefined || replacement === undefined) return undefined;
    return regex.replaceAll(text, replacement, run);
  }),
  regexp_substr: onRegex(2, (run, regex, value) => {
    const text = toText(value, run);
    return text === undefined ? undefined : regex.firstMatch(text, run);
  }),
};
