/**
 * An event of a bus: its JSON as targets get it, and its value as patterns see it.
 *
 * The text is put together around the detail as it came, so that nothing in it changes: numbers
 * stay as they are written. `time` has whole seconds, as on AWS. [EventBridge: Event structure]
 */

import { assert } from "../../base/mod.ts";
import { type EventObject, isEventObject, readEvent } from "../../patterns/mod.ts";
import { busLimits } from "./limits.ts";

export interface Account {
  readonly region: string;
  readonly accountId: string;
}

export interface EventParts {
  readonly id: string;
  readonly source: string;
  readonly detailType: string;
  readonly timeMs: number;
  readonly resources: readonly string[];
  /** JSON, a map. */
  readonly detail: string;
}

export interface BusEvent {
  readonly id: string;
  readonly text: string;
  readonly value: EventObject;
}

/** The detail is one that `isDetail` lets through. */
export function makeEvent(parts: EventParts, { region, accountId }: Account): BusEvent {
  const { id, source, detailType, timeMs, resources, detail } = parts;
  const head = JSON.stringify({
    version: "0",
    id,
    "detail-type": detailType,
    source,
    account: accountId,
    time: timeText(timeMs),
    region,
    resources,
  });
  return eventOfText(`${head.slice(0, -1)},"detail":${detail}}`);
}

/** Of JSON that `makeEvent` has made. */
export function eventOfText(text: string): BusEvent {
  const value = readEvent(text);
  assert(isEventObject(value) && typeof value.id === "string", "an event of a bus is a map");
  return { id: value.id, text, value };
}

/** `2026-01-01T00:00:00Z`. */
export function timeText(timeMs: number): string {
  return `${new Date(timeMs).toISOString().slice(0, 19)}Z`;
}

/** Whether the text is a map of JSON that is nested no deeper than may be. */
export function isDetail(text: string): boolean {
  return nestingOf(text) <= busLimits.nestingMax && isEventObject(readEvent(text));
}

/** Brackets that are open at once, those in texts aside. */
function nestingOf(text: string): number {
  let depth = 0;
  let deepest = 0;
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*"|[[{]|[\]}]/gs)) {
    if (token === "[" || token === "{") depth += 1;
    else if (token === "]" || token === "}") depth -= 1;
    deepest = Math.max(deepest, depth);
  }
  return deepest;
}
