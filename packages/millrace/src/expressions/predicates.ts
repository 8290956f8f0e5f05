/**
 * One predicate: its static checks, in the service's order, and its closure.
 *
 * The order of complaints within a predicate: placeholders that were not given, the number of
 * operands, operands that must differ, operand types.
 */

import {
  type AttributeType,
  type AttributeValue,
  attributeTypes,
  type Item,
  setMembers,
  typeOf,
} from "./attribute-value.ts";
import { binaryOf, equalValues, isOrdered, orderValues } from "./compare.ts";
import { messages, refuse } from "./errors.ts";
import { inOperandsMax } from "./limits.ts";
import {
  checkSizes,
  compileOperand,
  type Evaluate,
  knownType,
  type Operand,
  resolveOperand,
} from "./operands.ts";
import { formatPath } from "./path.ts";
import type { Placeholders } from "./placeholders.ts";
import type { Comparator, PredicateNode } from "./syntax.ts";

export type Test = (item: Item) => boolean;

type Values = readonly (AttributeValue | undefined)[];

interface PredicateFunction {
  readonly operandCount: number;
  check(name: string, operands: readonly Operand[]): void;
  holds(values: Values): boolean;
}

/** Refuses what the expression alone shows to be wrong. */
export function compilePredicate(node: PredicateNode, placeholders: Placeholders): Test {
  const operands = node.operands.map((operand) => resolveOperand(operand, placeholders));
  checkSizes(operands);
  switch (node.kind) {
    case "compare":
      return compileComparison(node.operator, operands);
    case "between":
      return compileBetween(operands);
    case "in":
      return compileIn(operands);
    case "call":
      return compileCall(node.name, operands);
  }
}

function compileComparison(operator: Comparator, operands: readonly Operand[]): Test {
  checkDistinct(operator, operands);
  const [left, right] = operands.map(compileOperand) as [Evaluate, Evaluate];
  if (operator === "=" || operator === "<>") {
    const wanted = operator === "=";
    return (item) => equalOrMissing(left(item), right(item)) === wanted;
  }
  checkOrdered(operator, operands);
  return (item) => {
    const order = orderOrMissing(left(item), right(item));
    if (order === undefined) return false;
    if (operator === "<") return order < 0;
    if (operator === "<=") return order <= 0;
    return operator === ">" ? order > 0 : order >= 0;
  };
}

function compileBetween(operands: readonly Operand[]): Test {
  checkOrdered("BETWEEN", operands);
  checkBounds(operands[1]!, operands[2]!);
  const [operand, lower, upper] = operands.map(compileOperand) as [Evaluate, Evaluate, Evaluate];
  return (item) => {
    const value = operand(item);
    const fromLower = orderOrMissing(value, lower(item));
    const toUpper = orderOrMissing(value, upper(item));
    return fromLower !== undefined && fromLower >= 0 && toUpper !== undefined && toUpper <= 0;
  };
}

function compileIn(operands: readonly Operand[]): Test {
  const count = operands.length - 1;
  if (count > inOperandsMax) refuse(messages.tooManyInOperands(count));
  const [operand, ...candidates] = operands.map(compileOperand) as [Evaluate, ...Evaluate[]];
  return (item) => {
    const value = operand(item);
    return candidates.some((candidate) => equalOrMissing(value, candidate(item)));
  };
}

function compileCall(name: string, operands: readonly Operand[]): Test {
  const predicate = predicateFunctions[name as keyof typeof predicateFunctions];
  if (operands.length !== predicate.operandCount) {
    refuse(messages.operandCount(name, operands.length));
  }
  checkDistinct(name, operands);
  predicate.check(name, operands);
  const evaluates = operands.map(compileOperand);
  return (item) => predicate.holds(evaluates.map((evaluate) => evaluate(item)));
}

/** By name; the names are case-sensitive. */
export const predicateFunctions = {
  attribute_exists: {
    operandCount: 1,
    check: checkPath,
    holds: ([value]) => value !== undefined,
  },
  attribute_not_exists: {
    operandCount: 1,
    check: checkPath,
    holds: ([value]) => value === undefined,
  },
  attribute_type: {
    operandCount: 2,
    check: checkTypeName,
    holds: ([value, type]) => {
      return value !== undefined && type !== undefined && "S" in type && typeOf(value) === type.S;
    },
  },
  begins_with: {
    operandCount: 2,
    check: (name, operands) => {
      for (const operand of operands) {
        const type = knownType(operand);
        if (type && type !== "S" && type !== "B") refuse(messages.operandType(name, type));
      }
    },
    holds: ([value, start]) => value !== undefined && start !== undefined && begins(value, start),
  },
  contains: {
    operandCount: 2,
    check: () => {},
    holds: ([value, part]) => value !== undefined && part !== undefined && contains(value, part),
  },
} as const satisfies Record<string, PredicateFunction>;

function checkPath(name: string, operands: readonly Operand[]): void {
  if (operands[0]!.kind !== "path") refuse(messages.pathRequired(name));
}

function checkTypeName(name: string, operands: readonly Operand[]): void {
  const operand = operands[1]!;
  if (operand.kind !== "value" || !("S" in operand.value)) {
    refuse(messages.operandType(name, knownType(operand) ?? "{NS,SS,L,BS,N,M,B,BOOL,NULL,S}"));
  }
  const type = operand.value.S;
  if (!attributeTypes.includes(type as AttributeType)) refuse(messages.unknownType(type));
}

function checkDistinct(operator: string, operands: readonly Operand[]): void {
  const [left, right] = operands;
  if (operands.length !== 2 || left?.kind !== "path" || right?.kind !== "path") return;
  const path = formatPath(left.path);
  if (path === formatPath(right.path)) refuse(messages.notDistinct(operator, path));
}

function checkOrdered(operator: string, operands: readonly Operand[]): void {
  for (const operand of operands) {
    if (operand.kind === "value" && !isOrdered(operand.value)) {
      refuse(messages.operandType(operator, typeOf(operand.value)));
    }
  }
}

function checkBounds(lower: Operand, upper: Operand): void {
  if (lower.kind !== "value" || upper.kind !== "value") return;
  const order = orderValues(lower.value, upper.value);
  const shown = [formatBound(lower.value), formatBound(upper.value)] as const;
  if (order === undefined) refuse(messages.betweenTypes(...shown));
  if (order > 0) refuse(messages.betweenOrder(...shown));
}

function formatBound(value: AttributeValue): string {
  const [type, content] = Object.entries(value)[0]!;
  return `AttributeValue: {${type}:${content}}`;
}

function equalOrMissing(left: AttributeValue | undefined, right: AttributeValue | undefined) {
  return left !== undefined && right !== undefined && equalValues(left, right);
}

function orderOrMissing(left: AttributeValue | undefined, right: AttributeValue | undefined) {
  return left === undefined || right === undefined ? undefined : orderValues(left, right);
}

/** Whether a string or binary begins with another. */
export function begins(value: AttributeValue, start: AttributeValue): boolean {
  if ("S" in value) return "S" in start && value.S.startsWith(start.S);
  if (!("B" in value) || !("B" in start)) return false;
  const wanted = binaryOf(start.B);
  const bytes = binaryOf(value.B);
  return wanted.every((byte, at) => byte === bytes[at]);
}

/** Whether a string, binary, set or list has the part. */
export function contains(value: AttributeValue, part: AttributeValue): boolean {
  if ("S" in value) return "S" in part && value.S.includes(part.S);
  if ("B" in value) {
    return "B" in part && Buffer.from(value.B, "base64").includes(Buffer.from(part.B, "base64"));
  }
  if ("L" in value) return value.L.some((member) => equalValues(member, part));
  const members = setMembers(value);
  if (!members) return false;
  const [type, content] = Object.entries(part)[0]!;
  return typeOf(value) === `${type}S` && members.includes(content);
}
