/**
 * `length(name) <= 40` and the like: what nearly every rule asks of a text that a browser sent.
 *
 * A text has no more characters than code units, and no fewer than half as many. Mostly that is
 * enough to know the answer, and the characters are not counted.
 */

import { countCharacters } from "../functions/characters.ts";
import type { Evaluate, Run } from "../run.ts";
import type { Binary, BinaryOperator, Expression } from "../syntax/tree.ts";
import { payloadNameOf } from "./expression.ts";
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
  const name = nameInLength(left, setting);
  if (!test || name === undefined || right.kind !== "literal") return undefined;
  const { value: limit } = right;
  if (typeof limit !== "number") return undefined;
  return (scope) => {
    const { run } = scope;
    const value = run.memberOfPayload(name);
    return typeof value === "string" ? test(lengthBeyond(limit, value, run)) : otherwise(scope);
  };
}

function nameInLength(expression: Expression, setting: Setting): string | undefined {
  if (expression.kind !== "call" || expression.definition.body.kind !== "length") return undefined;
  const [argument] = expression.arguments;
  return argument && payloadNameOf(argument, setting);
}

/** Negative, zero or positive, as the text has fewer characters than `limit`, as many, or more. */
function lengthBeyond(limit: number, text: string, run: Run): number {
  if (text.length < limit) return -1;
  if (text.length > 2 * limit) return 1;
  run.spendOnText(text);
  return countCharacters(text) - limit;
}
