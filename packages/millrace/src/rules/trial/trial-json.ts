/** A rule that was tried, as plain JSON: for the API door and for `millrace rules test --json`. */

import { textOrUndefined, toBase64 } from "../../base/mod.ts";
import type { Explanation } from "../../sql/mod.ts";
import type { TriedRule } from "./trial.ts";

export type TriedRuleJson = Omit<TriedRule, "explanation"> &
  Partial<Pick<Explanation, "variables" | "where" | "select" | "failure">> & {
    /** What the actions would get: text, or base64 of what is none. */
    readonly output?: { readonly text: string } | { readonly base64: string };
    /** Steps of the evaluation that are left out because there are too many. */
    readonly omittedSteps?: number;
  };

export function triedRuleJson({ explanation, ...rule }: TriedRule): TriedRuleJson {
  if (!explanation) return rule;
  const { variables, where, select, failure, output, omittedSteps } = explanation;
  const text = output && textOrUndefined(output.bytes);
  return {
    ...rule,
    variables,
    ...(where && { where }),
    select,
    ...(failure && { failure }),
    ...(output && { output: text === undefined ? { base64: toBase64(output.bytes) } : { text } }),
    ...(omittedSteps > 0 && { omittedSteps }),
  };
}
