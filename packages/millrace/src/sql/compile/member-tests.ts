/**
 * Conditions on a text that is a member of the payload, which its bytes answer where the payload
 * was read along a form: no text is made for them. What the bytes do not decide, and any payload of
 * another form, is left to `otherwise`.
 */

import { utf8 } from "../../base/mod.ts";
import { textFunctions } from "../functions/text.ts";
import type { Evaluate } from "../run.ts";
import type { Binary, Expression } from "../syntax/tree.ts";
import type { MemberName } from "../values/form.ts";
import type { Value } from "../values/value.ts";
import { payloadMemberOf } from "./expression.ts";
import type { Setting } from "./setting.ts";

/** `undefined` for what is no such condition, or equality with a text on its right. */
export function compileMemberTest(
  binary: Binary,
  setting: Setting,
  otherwise: Evaluate,
): Evaluate | undefined {
  const { operator, left, right } = binary;
  if (operator !== "=" && operator !== "<>") return undefined;
  const isEquality = operator === "=";
  const member = payloadMemberOf(left, setting);
  if (member && isSameAsText(right, member, setting)) {
    return (scope) => (scope.run.textIndexOf(member) >= 0 ? isEquality : otherwise(scope));
  }
  const expected = right.kind === "literal" ? right.value : undefined;
  if (typeof expected !== "string") return undefined;
  if (member) return compileSameText(member, { expected, isEquality, otherwise });
  const trimmed = expected === "" ? memberInTrim(left, setting) : undefined;
  return trimmed && compileBlankTest(trimmed, isEquality, otherwise);
}

/** `name = '' + name` is how a statement asks whether a member is a text. */
function isSameAsText(expression: Expression, member: MemberName, setting: Setting): boolean {
  if (expression.kind !== "binary" || expression.operator !== "+") return false;
  const { left, right } = expression;
  const isEmpty = left.kind === "literal" && left.value === "";
  return isEmpty && payloadMemberOf(right, setting)?.name === member.name;
}

interface SameText {
  readonly expected: string;
  readonly isEquality: boolean;
  readonly otherwise: Evaluate;
}

function compileSameText(
  member: MemberName,
  { expected, isEquality, otherwise }: SameText,
): Evaluate | undefined {
  if (!expected.isWellFormed()) return undefined; // in UTF-8 it would be another text
  const bytes = utf8(expected);
  return (scope) => {
    const { run } = scope;
    const index = run.textIndexOf(member);
    if (index < 0) return otherwise(scope);
    return run.reading!.isTextAt(index, bytes) === isEquality;
  };
}

function memberInTrim(expression: Expression, setting: Setting): MemberName | undefined {
  if (expression.kind !== "call" || expression.definition !== textFunctions.trim) return undefined;
  const [argument, surplus] = expression.arguments;
  return argument && !surplus ? payloadMemberOf(argument, setting) : undefined;
}

/** A text in which some character is visible ASCII is not blank. */
function compileBlankTest(member: MemberName, isEquality: boolean, otherwise: Evaluate): Evaluate {
  return (scope): Value => {
    const { run } = scope;
    const index = run.textIndexOf(member);
    if (index < 0) return otherwise(scope);
    const reading = run.reading!;
    if (!reading.hasVisibleAt(index)) return otherwise(scope);
    run.spendOnLength(reading.textLengthAt(index));
    return !isEquality;
  };
}
