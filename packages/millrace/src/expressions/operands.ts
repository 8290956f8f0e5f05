/** Operands of conditions: placeholders resolved, then turned into closures over an item. */

import { type AttributeType, type AttributeValue, type Item, typeOf } from "./attribute-value.ts";
import { binaryOf } from "./compare.ts";
import { messages, refuse } from "./errors.ts";
import { type Path, valueAt } from "./path.ts";
import type { Placeholders } from "./placeholders.ts";
import type { OperandNode } from "./syntax.ts";

export type Operand =
  | { readonly kind: "path"; readonly path: Path }
  | { readonly kind: "value"; readonly value: AttributeValue }
  /** `size(...)`, the one function that is an operand. */
  | { readonly kind: "size"; readonly operands: readonly Operand[] };

/** The value of an operand, `undefined` where the item has none. */
export type Evaluate = (item: Item) => AttributeValue | undefined;

/** Refuses placeholders that were not given, left to right. */
export function resolveOperand(node: OperandNode, placeholders: Placeholders): Operand {
  switch (node.kind) {
    case "path":
      return { kind: "path", path: placeholders.resolvePath(node) };
    case "value":
      return { kind: "value", value: placeholders.resolveValue(node.name) };
    case "call":
      return {
        kind: "size",
        operands: node.operands.map((operand) => resolveOperand(operand, placeholders)),
      };
  }
}

/** Refuses `size` with more than one operand or of a value that has no size. */
export function checkSizes(operands: readonly Operand[]): void {
  for (const operand of operands) {
    if (operand.kind !== "size") continue;
    const count = operand.operands.length;
    if (count !== 1) refuse(messages.operandCount("size", count));
    const type = knownType(operand.operands[0]!);
    if (type === "N" || type === "BOOL" || type === "NULL") {
      refuse(messages.operandType("size", type));
    }
    checkSizes(operand.operands);
  }
}

/** The type of an operand as far as the expression alone tells. */
export function knownType(operand: Operand): AttributeType | undefined {
  if (operand.kind === "value") return typeOf(operand.value);
  return operand.kind === "size" ? "N" : undefined;
}

export function compileOperand(operand: Operand): Evaluate {
  if (operand.kind === "path") return (item) => valueAt(item, operand.path);
  if (operand.kind === "value") return () => operand.value;
  const inner = compileOperand(operand.operands[0]!);
  return (item) => {
    const value = inner(item);
    const size = value && sizeOf(value);
    return size === undefined ? undefined : { N: String(size) };
  };
}

/** Characters of a string, bytes of a binary, members of the rest; numbers and flags have none. */
function sizeOf(value: AttributeValue): number | undefined {
  if ("S" in value) return value.S.length;
  if ("B" in value) return binaryOf(value.B).length;
  if ("SS" in value) return value.SS.length;
  if ("NS" in value) return value.NS.length;
  if ("BS" in value) return value.BS.length;
  if ("L" in value) return value.L.length;
  if ("M" in value) return Object.keys(value.M).length;
  return undefined;
}
