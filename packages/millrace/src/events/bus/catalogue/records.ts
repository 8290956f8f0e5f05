/**
 * Buses and rules in storage, over the `Records` port, as JSON: space `event-buses`, a name each,
 * and space `event-rules`, a bus and a name each.
 *
 * What the template says has records too: they keep when it first came, and of a rule what the
 * template said then and what was done to it by hand since.
 */

import { textOf, utf8 } from "../../../base/mod.ts";
import { type Change, entriesOf, type Records } from "../../../storage/mod.ts";
import type { RuleDefinition, Tags } from "../definition.ts";

export const busSpace = "event-buses";
export const ruleSpace = "event-rules";

export interface BusRecord {
  readonly createdAtMs: number;
  readonly description?: string | undefined;
  readonly tags?: Tags | undefined;
  readonly isOfTemplate?: boolean | undefined;
}

export interface RuleRecord {
  readonly createdAtMs: number;
  /** When its schedule was set, from where a rate counts; absent: when it was made. */
  readonly scheduledAtMs?: number | undefined;
  readonly tags?: Tags | undefined;
  /** Of a rule of the template: as the template had it. */
  readonly template?: RuleDefinition | undefined;
  /** Absent: it is what the template says, or `deleted`. */
  readonly rule?: RuleDefinition | undefined;
  /** A rule of the template that was deleted by hand. */
  readonly deleted?: boolean | undefined;
}

/** Of a rule within its deployment; neither part can hold a slash that would confuse them. */
export function ruleKey(bus: string, name: string): string {
  return `${bus}\n${name}`;
}

/** All of a space, in the order of their keys. */
export async function readAll<T>(records: Records, space: string): Promise<Map<string, T>> {
  const found = new Map<string, T>();
  for await (const { key, value } of entriesOf(records, { space })) {
    found.set(textOf(key), JSON.parse(textOf(value)) as T);
  }
  return found;
}

/** Answers when it is durable; `undefined` deletes. */
export async function write(
  records: Records,
  space: string,
  key: string,
  record: BusRecord | RuleRecord | undefined,
): Promise<void> {
  const change: Change = { space, key: utf8(key), value: record && utf8(JSON.stringify(record)) };
  await records.update([], () => ({ changes: [change], result: undefined }));
}
