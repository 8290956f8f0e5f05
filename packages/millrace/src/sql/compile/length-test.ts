/**
 * `length(name) <= 40` and the like: what nearly every rule asks of a text that a browser sent.
 *
 * A text has no more characters than code units, and no fewer than half as many. Mostly that is
 * enough to know the answer, and the characters are not counted.
 */

import { countCharacters } from "../functions/characters.ts";
import type { Evaluate, Run } from "../run.ts";
import type { Binary, BinaryOperator, Expression } from "../syntax/tree.ts";
import type { MemberName } from "../values/form.ts";
import { payloadMemberOf } from "./expression.ts";
import type { Setting } from "./setting.ts";

const tests: Readonly<Partial<Record<BinaryOperator, (difference: number) => boolean>>> = {
  "=": (difference) => difference === 0,
  "<>": (difference) => difference !== 0,
  "<": (difference) => difference < 0,
  "<=": (difference) => difference <= 0,
  ">": (difference) => difference > 0,
  ">=": (difference) => difference >= 0,
};

/**
 * Of the length of a member of the payload, compared with a number on its right; `undefined` for
 * anything else. What is no text is left to `otherwise`.
 */
export function compileLengthTest(
  { left, operator, right }: Binary,
  setting: Setting,
  otherwise: Evaluate,
): Evaluate | undefined {
  const test = tests[operator];
  const member = memberInLength(left, setting);
  if (!test || !member || right.kind !== "literal") return undefined;
  const { value: limit } = right;
  if (typeof limit !== "number") return undefined;
  return (scope) => {
    const { run } = scope;
    const index = run.textIndexOf(member);
    if (index >= 0) {
      const length = run.reading!.textLengthAt(index);
      if (length < limit || length > 2 * limit) return test(length - limit);
      if (run.reading!.isAsciiAt(index)) {
        run.spendOnLength(length);
        return test(length - limit);
      }
    }
    const value = run.memberOfPayload(member);
    return typeof value === "string" ? test(lengthBeyond(limit, value, run)) : otherwise(scope);
  };
}

function memberInLength(expression: Expression, setting: Setting): MemberName | undefined {
  if (expression.kind !== "call" || expression.definition.body.kind !== "length") return undefined;
  const [argument, surplus] = expression.arguments;
  return argument && !surplus ? payloadMemberOf(argument, setting) : undefined;
}

/** Negative, zero or positive, as the text has fewer characters than `limit`, as many, or more. */
function lengthBeyond(limit: number, text: string, run: Run): number {
  if (text.length < limit) return -1;
  if (text.length > 2 * limit) return 1;
  run.spendOnText(text);
  return countCharacters(text) - limit;
}
