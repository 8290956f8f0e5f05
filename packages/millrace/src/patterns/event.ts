/**
 * Events as patterns see them: JSON whose numbers stay as they were written, because a pattern
 * compares them so: `300`, `300.0` and `3.0e2` are three values.
 */

import { JsonNumber } from "../base/mod.ts";

export type Scalar = string | boolean | null | JsonNumber;

export type EventValue = Scalar | readonly EventValue[] | EventObject;

export interface EventObject {
  readonly [name: string]: EventValue;
}

/** `undefined` when the text is no JSON, or nested deeper than can be read. */
export function readEvent(text: string): EventValue | undefined {
  try {
    return JSON.parse(text, keepWritten) as EventValue;
  } catch {
    return undefined; // JSON.parse has no other way to say no
  }
}

/** A value that was read without regard to how its numbers were written. */
export function eventOf(value: unknown): EventValue {
  return JSON.parse(JSON.stringify(value ?? null), keepWritten) as EventValue;
}

function keepWritten(_key: string, value: unknown, context?: { readonly source?: string }) {
  return typeof value === "number" ? new JsonNumber(context?.source ?? String(value)) : value;
}

export function isEventObject(value: EventValue | undefined): value is EventObject {
  return (
    typeof value === "object" &&
    value !== null &&
    !Array.isArray(value) &&
    !(value instanceof JsonNumber)
  );
}

export function isList(value: EventValue | undefined): value is readonly EventValue[] {
  return Array.isArray(value);
}
