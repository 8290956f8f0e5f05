/** A slow and obvious evaluator of conditions, for tests: walks the tree anew for every item. */

import type { AttributeValue, Item } from "./mod.ts";

export type SampleOperand =
  | { readonly path: readonly (string | number)[] }
  | { readonly sizeOf: readonly (string | number)[] }
  | { readonly value: AttributeValue };

export type Sample =
  | { readonly op: "and" | "or" | "not"; readonly inner: readonly Sample[] }
  | { readonly op: string; readonly operands: readonly SampleOperand[] };

export function holds(sample: Sample, item: Item): boolean {
  if ("inner" in sample) {
    const results = sample.inner.map((part) => holds(part, item));
    if (sample.op === "not") return !results[0];
    return sample.op === "and" ? results.every(Boolean) : results.some(Boolean);
  }
  const [left, right, ...more] = sample.operands.map((operand) => read(operand, item));
  const same = (other: unknown) => left !== undefined && other !== undefined && alike(left, other);
  switch (sample.op) {
    case "=":
      return same(right);
    case "<>":
      return !same(right);
    case "in":
      return [right, ...more].some(same);
    case "attribute_exists":
      return left !== undefined;
    case "attribute_not_exists":
      return left === undefined;
    case "contains":
      return includes(left, right);
    default:
      return ordered(sample.op, left, right);
  }
}

type Loose = Record<string, unknown> | undefined;

function read(operand: SampleOperand, item: Item): Loose {
  if ("value" in operand) return operand.value;
  let found: unknown = { M: item };
  for (const step of "path" in operand ? operand.path : operand.sizeOf) {
    const { M, L } = (found ?? {}) as { M?: Item; L?: AttributeValue[] };
    found = typeof step === "number" ? L?.[step] : M?.[step];
  }
  if ("path" in operand || found === undefined) return found as Loose;
  const [type, content] = Object.entries(found as object)[0]!;
  if (["N", "BOOL", "NULL"].includes(type)) return undefined;
  const size =
    type === "B"
      ? atob(content).length
      : type === "M"
        ? Object.keys(content).length
        : content.length;
  return { N: String(size) };
}

/** Every set is sorted, so that equal values have equal text. */
function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).map(([key, content]): [string, unknown] => {
    return [key, ["SS", "NS", "BS"].includes(key) ? [...content].sort() : canonical(content)];
  });
  entries.sort(([one], [two]) => (one < two ? -1 : 1));
  return Object.fromEntries(entries);
}

function alike(left: unknown, right: unknown): boolean {
  return JSON.stringify(canonical(left)) === JSON.stringify(canonical(right));
}

function includes(whole: Loose, part: Loose): boolean {
  if (!whole || !part) return false;
  const [type, content] = Object.entries(whole)[0]! as [string, never[]];
  const [partType, partContent] = Object.entries(part)[0]! as [string, never];
  if (type === "S") return partType === "S" && String(content).includes(partContent);
  if (type === "B") return partType === "B" && atob(String(content)).includes(atob(partContent));
  if (type === "L") return content.some((member) => alike(member, part));
  return type === `${partType}S` && content.includes(partContent);
}

function ordered(operator: string, left: Loose, right: Loose): boolean {
  const order = compare(left, right);
  if (order === undefined) return false;
  return { "<": order < 0, "<=": order <= 0, ">": order > 0, ">=": order >= 0 }[operator]!;
}

function compare(left: Loose, right: Loose): number | undefined {
  if (!left || !right) return undefined;
  if ("S" in left && "S" in right) return bytes(left.S, "utf8").compare(bytes(right.S, "utf8"));
  if ("B" in left && "B" in right) return bytes(left.B, "base64").compare(bytes(right.B, "base64"));
  // Exact enough for the few numbers that samples use.
  if ("N" in left && "N" in right) return Number(left.N) - Number(right.N);
  return undefined;
}

function bytes(text: unknown, encoding: "utf8" | "base64"): Buffer {
  return Buffer.from(String(text), encoding);
}
