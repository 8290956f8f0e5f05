/**
 * Writes a part of a request as the service shows it in a violation: lists in brackets, maps in
 * braces, structures as `Name(member=value)` with `null` for what is absent.
 */

import type { Shape } from "./shape.ts";

/** A member's name as messages spell it. */
export function lowerFirst(name: string): string {
  return `${name[0]!.toLowerCase()}${name.slice(1)}`;
}

/** What was read by the shape, in the words of a violation. */
export function showValue(shape: Shape, value: unknown): string {
  if (value === undefined) return "null";
  switch (shape.kind) {
    case "list": {
      const members = (value as readonly unknown[]).map((one) => showValue(shape.member, one));
      return `[${members.join(", ")}]`;
    }
    case "map": {
      const entries = Object.entries(value as object);
      return `{${entries.map(([key, one]) => `${key}=${showValue(shape.value, one)}`).join(", ")}}`;
    }
    case "structure": {
      const given = value as Readonly<Record<string, unknown>>;
      const members = Object.entries(shape.members).map(([name, member]) => {
        return `${lowerFirst(name)}=${showValue(member, given[name])}`;
      });
      return `${shape.name}(${members.join(", ")})`;
    }
    case "value":
      return `AttributeValue(${showAttributeValue(value as Readonly<Record<string, unknown>>)})`;
    default:
      return String(value);
  }
}

function showAttributeValue(value: Readonly<Record<string, unknown>>): string {
  const types = ["S", "N", "B", "SS", "NS", "BS", "M", "L", "NULL", "BOOL"];
  return types
    .filter((type) => value[type] !== undefined)
    .map((type) => `${type}=${JSON.stringify(value[type])}`)
    .join(", ");
}
