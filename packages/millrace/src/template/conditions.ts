/**
 * The section `Conditions`: what is true of the parameters decides which resources and values are
 * there. A condition sees parameters, mappings and other conditions, never a resource.
 */

import { suggest } from "../base/mod.ts";
import type { Evaluator } from "./evaluator.ts";
import { argumentsOf, literalText } from "./intrinsics.ts";
import { type CallNode, kindOf, type Place, type TemplateNode } from "./nodes.ts";
import type { Problems } from "./problems.ts";

/** Whether the named condition holds; `undefined` when a problem was reported. */
export type ConditionTest = (name: string, place: Place) => boolean | undefined;

export interface Conditions {
  readonly test: ConditionTest;
  /** Evaluates every condition, so that problems in unused ones are seen too. */
  testAll(): void;
}

/** `constants` resolves what stands in a condition; it may come back here by `Fn::If`. */
export function readConditions(
  section: TemplateNode | undefined,
  constants: () => Evaluator,
  problems: Problems,
): Conditions {
  const definitions = section?.kind === "map" ? section.entries : new Map<string, TemplateNode>();
  if (section && section.kind !== "map" && section.kind !== "unknown") {
    problems.report(section.place, `'Conditions' is a map, not ${kindOf(section)}`);
  }
  const known = new Map<string, boolean | undefined>();
  const open = new Set<string>();
  const test: ConditionTest = (name, place) => {
    if (known.has(name)) return known.get(name);
    const definition = definitions.get(name);
    if (!definition || open.has(name)) {
      const unknown = `there is no condition '${name}'${suggest(name, definitions.keys())}`;
      problems.report(place, open.has(name) ? `the condition '${name}' refers to itself` : unknown);
      return undefined;
    }
    open.add(name);
    const holds = evaluate(definition, { test, evaluator: constants() });
    open.delete(name);
    known.set(name, holds);
    return holds;
  };
  return {
    test,
    testAll: () => {
      for (const [name, node] of definitions) test(name, node.keyPlace);
    },
  };
}

interface Context {
  readonly test: ConditionTest;
  readonly evaluator: Evaluator;
}

function evaluate(node: TemplateNode, context: Context): boolean | undefined {
  if (node.kind === "unknown") return undefined;
  const call = conditionCall(node);
  const logic = call && Object.hasOwn(functions, call.name) ? functions[call.name] : undefined;
  if (call && logic) return logic(call, context);
  const message = `a condition is Fn::Equals, And, Or, Not or Condition, not ${kindOf(node)}`;
  context.evaluator.problems.report(node.place, message);
  return undefined;
}

/** `{Condition: Name}` is a call only here; elsewhere the key belongs to policy documents. */
function conditionCall(node: TemplateNode): CallNode | undefined {
  if (node.kind === "call") return node;
  const argument = node.kind === "map" ? node.entries.get("Condition") : undefined;
  if (node.kind !== "map" || !argument || node.entries.size !== 1) return undefined;
  const { place, keyPlace } = node;
  return { kind: "call", name: "Condition", argument, place, keyPlace };
}

type ConditionFunction = (call: CallNode, context: Context) => boolean | undefined;

const functions: Readonly<Record<string, ConditionFunction>> = {
  Condition: (call, { test, evaluator }) => {
    const name = literalText(call.argument, call, evaluator);
    return name === undefined ? undefined : test(name, call.argument.place);
  },
  "Fn::Equals": (call, { evaluator }) => {
    const [left, right] = (argumentsOf(call, evaluator, 2) ?? []).map(evaluator.text);
    return left === undefined || right === undefined ? undefined : left === right;
  },
  "Fn::Not": (call, context) => {
    const [operand] = argumentsOf(call, context.evaluator, 1) ?? [];
    const holds = operand && evaluate(operand, context);
    return holds === undefined ? undefined : !holds;
  },
  "Fn::And": (call, context) => operands(call, context)?.every(Boolean),
  "Fn::Or": (call, context) => operands(call, context)?.some(Boolean),
};

/** All operands, evaluated, so that a problem in any of them is seen. */
function operands(call: CallNode, context: Context): boolean[] | undefined {
  const { argument, name } = call;
  const count = argument.kind === "list" ? argument.items.length : 0;
  if (argument.kind !== "list" || count < 2 || count > 10) {
    context.evaluator.problems.report(argument.place, `'${name}' takes a list of 2 to 10`);
    return undefined;
  }
  const results = argument.items.map((item) => evaluate(item, context));
  return results.every((result) => result !== undefined) ? results : undefined;
}
