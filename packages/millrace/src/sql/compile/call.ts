/** Calls to closures. */

import { toBase64, unreachable, utf8 } from "../../base/mod.ts";
import { EvaluationFailure, ExternalFailure } from "../failure.ts";
import { countCharacters } from "../functions/characters.ts";
import type {
  ApplyToValues,
  ExternalBody,
  FunctionBody,
  PatternBody,
  PreparedPattern,
} from "../functions/definition.ts";
import { sqlLimits } from "../limits.ts";
import type { Evaluate, Run, Scope } from "../run.ts";
import { fits, prepareLiteral } from "../syntax/parse-call.ts";
import type { Call, Expression } from "../syntax/tree.ts";
import { toText } from "../values/convert.ts";
import type { MemberName } from "../values/form.ts";
import type { Value } from "../values/value.ts";
import {
  compileExpression,
  payloadInBase64,
  payloadMemberOf,
  payloadOrUndefined,
} from "./expression.ts";
import type { Setting } from "./setting.ts";

/** A wrong number of arguments gives Undefined, without a look at them. */
export function compileCall(call: Call, setting: Setting): Evaluate {
  const { definition, arguments: given } = call;
  const { body } = definition;
  if (!fits(definition, given.length)) return () => undefined;
  if (body.kind === "pattern") return compilePattern(body, given, setting);
  if (body.kind === "external") return compileExternal(body, given, setting);
  const compile = (argument: Expression) =>
    argument.kind === "payload" ? payloadOrUndefined : compileExpression(argument, setting);
  switch (body.kind) {
    case "values":
      return onValues(body.apply, given.map(compile));
    case "texts":
      return onTexts(body.apply, given, setting);
    case "textFirst":
      return onTextFirst(body, compileText(given[0]!, setting), given.slice(1).map(compile));
    case "length":
      return lengthOf(compileText(given[0]!, setting));
    case "encode":
      return given[0]?.kind === "payload"
        ? payloadInBase64
        : inBase64(compileText(given[0]!, setting));
    case "default":
      return orDefault(compile(given[0]!), given[1] && compile(given[1]));
    default:
      return unreachable(body);
  }
}

/** A function may read a text from one end to the other. */
function counted(value: Value, run: Run): Value {
  if (typeof value === "string" && value.length > 256) run.spendOnText(value);
  return value;
}

function onValues(apply: ApplyToValues, values: readonly Evaluate[]): Evaluate {
  const [first, second] = values;
  if (!first) return ({ run }) => apply(run);
  if (!second) return (scope) => apply(scope.run, counted(first(scope), scope.run));
  if (values.length === 2) {
    return (scope) => {
      const { run } = scope;
      return apply(run, counted(first(scope), run), counted(second(scope), run));
    };
  }
  return (scope) => apply(scope.run, ...valuesOf(values, scope));
}

function valuesOf(values: readonly Evaluate[], scope: Scope): Value[] {
  return values.map((value) => counted(value(scope), scope.run));
}

/** Undefined when there is no text; converting is work already counted, reading it is more. */
function textOf(value: Value, run: Run): string | undefined {
  const text = typeof value === "string" ? value : toText(value, run);
  if (text !== undefined && text.length > 256) run.spendOnText(text);
  return text;
}

type TextFirstBody = Extract<FunctionBody, { kind: "textFirst" }>;
type EvaluateText = (scope: Scope) => string | undefined;

function compileText(expression: Expression, setting: Setting): EvaluateText {
  const member = payloadMemberOf(expression, setting);
  if (member) return ({ run }) => textOf(run.memberOfPayload(member), run);
  const evaluate = compileExpression(expression, setting);
  return (scope) => textOf(evaluate(scope), scope.run);
}

function onTexts(
  apply: (run: Run, ...texts: string[]) => Value,
  given: readonly Expression[],
  setting: Setting,
): Evaluate {
  const member = given.length === 1 ? payloadMemberOf(given[0]!, setting) : undefined;
  if (member) {
    return ({ run }) => {
      const text = textOf(run.memberOfPayload(member), run);
      return text === undefined ? undefined : apply(run, text);
    };
  }
  const texts = given.map((argument) => compileText(argument, setting));
  const [first, second] = texts;
  if (first && !second) {
    return (scope) => {
      const text = first(scope);
      return text === undefined ? undefined : apply(scope.run, text);
    };
  }
  if (first && second && texts.length === 2) {
    return (scope) => {
      const one = first(scope);
      const two = second(scope);
      return one === undefined || two === undefined ? undefined : apply(scope.run, one, two);
    };
  }
  return (scope) => {
    const found = texts.map((text) => text(scope));
    return found.includes(undefined) ? undefined : apply(scope.run, ...(found as string[]));
  };
}

function onTextFirst(
  { apply, absent }: TextFirstBody,
  of: EvaluateText,
  [first = () => absent, second = () => absent]: readonly Evaluate[],
): Evaluate {
  return (scope) => {
    const { run } = scope;
    const text = of(scope);
    const one = counted(first(scope), run);
    const two = counted(second(scope), run);
    return text === undefined ? undefined : apply(run, text, one, two);
  };
}

function lengthOf(of: EvaluateText): Evaluate {
  return (scope) => {
    const text = of(scope);
    return text === undefined ? undefined : countCharacters(text);
  };
}

function inBase64(of: EvaluateText): Evaluate {
  return (scope) => {
    const text = of(scope);
    return text === undefined ? undefined : toBase64(utf8(text));
  };
}

/** A service that failed is no value; what else ends an evaluation ends it here too. */
function orDefault(value: Evaluate, otherwise: Evaluate | undefined): Evaluate {
  return (scope) => {
    try {
      const found = value(scope);
      if (found !== undefined && found !== null) return found;
    } catch (thrown) {
      if (!(thrown instanceof ExternalFailure)) throw thrown;
    }
    return otherwise?.(scope);
  };
}

function compileExternal(
  body: ExternalBody,
  given: readonly Expression[],
  setting: Setting,
): Evaluate {
  const apply = body.bind(setting.services);
  const star = body.service === "decodeProtobuf" ? payloadInBase64 : payloadOrUndefined;
  const values = given.map((argument) =>
    argument.kind === "payload" ? star : compileExpression(argument, setting),
  );
  return (scope) => apply(scope.run, ...valuesOf(values, scope));
}

/** A literal pattern is prepared here; others as they come, and the latest are kept. */
function compilePattern(
  body: PatternBody,
  given: readonly Expression[],
  setting: Setting,
): Evaluate {
  const pattern = given[body.place]!;
  const values = given
    .filter((_, place) => place !== body.place)
    .map((argument) => compileExpression(argument, setting));
  const literal = prepareLiteral(body, given);
  if (literal) {
    // One that is not implemented was refused, so what is left is not valid.
    if (!literal.ok) return () => undefined;
    const of = given.length === 2 ? given[1 - body.place] : undefined;
    const member = of && payloadMemberOf(of, setting);
    return member ? onMember(literal, member) : onValues(literal.apply, values);
  }
  const source = compileExpression(pattern, setting);
  const kept = new Map<string, PreparedPattern>();
  return (scope) => {
    const text = textOf(source(scope), scope.run);
    const others = valuesOf(values, scope);
    if (text === undefined) return undefined;
    let prepared = kept.get(text);
    if (!prepared) {
      prepared = keep(kept, text, body.prepare(text, []));
      scope.run.spend(text.length + (prepared.ok ? prepared.work : 0));
    }
    if (prepared.ok) return prepared.apply(scope.run, ...others);
    if (prepared.reason === "invalid") return undefined;
    throw new EvaluationFailure(`a pattern in the message is refused: ${prepared.message}`);
  };
}

/** Bytes of ASCII are asked as they stand in the payload. */
function onMember(
  { apply, applyToAscii }: Extract<PreparedPattern, { ok: true }>,
  member: MemberName,
): Evaluate {
  return ({ run }) => {
    const index = applyToAscii ? run.textIndexOf(member) : -1;
    if (index < 0 || !run.reading!.isAsciiAt(index)) {
      return apply(run, counted(run.memberOfPayload(member), run));
    }
    const { bytes } = run.reading!;
    const start = run.reading!.textStartAt(index);
    const length = run.reading!.textLengthAt(index);
    run.spendOnLength(length);
    return applyToAscii!(run, bytes, start, start + length);
  };
}

function keep(kept: Map<string, PreparedPattern>, text: string, prepared: PreparedPattern) {
  if (kept.size >= sqlLimits.keptPatternsMax) kept.clear();
  kept.set(text, prepared);
  return prepared;
}
