/** A value of an event as JSON, with its numbers as they came. */

import { JsonNumber } from "../../../base/mod.ts";
import type { EventObject, EventValue } from "../../../patterns/mod.ts";

export function textOfValue(value: EventValue): string {
  if (value instanceof JsonNumber) return value.text;
  if (Array.isArray(value)) return `[${(value as EventValue[]).map(textOfValue).join(",")}]`;
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const members = Object.entries(value as EventObject).map(
    ([name, member]) => `${JSON.stringify(name)}:${textOfValue(member)}`,
  );
  return `{${members.join(",")}}`;
}
