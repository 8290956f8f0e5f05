/**
 * Rules in storage, over the `Records` port: space `rules`, a name each, as JSON.
 *
 * A rule of the template has a record too. It keeps when the rule first came, the template's
 * definition as it was then, and what was done to the rule by hand since.
 */

import { textOf, utf8 } from "../../base/mod.ts";
import { entriesOf, type Records } from "../../storage/mod.ts";
import type { RulePayload, Tags } from "./managed-rule.ts";

const space = "rules";

export interface RuleRecord {
  readonly createdAtMs: number;
  /** Of a rule of the template: as the template had it. */
  readonly template?: RulePayload | undefined;
  /** Absent: it is what the template says, or `deleted`. */
  readonly payload?: RulePayload | undefined;
  /** A rule of the template that was deleted by hand. */
  readonly deleted?: boolean | undefined;
  readonly tags?: Tags | undefined;
}

/** All of them, in the order of their names. */
export async function readRuleRecords(records: Records): Promise<Map<string, RuleRecord>> {
  const found = new Map<string, RuleRecord>();
  for await (const { key, value } of entriesOf(records, { space })) {
    found.set(textOf(key), JSON.parse(textOf(value)) as RuleRecord);
  }
  return found;
}

/** Answers when it is durable; `undefined` deletes. */
export async function writeRuleRecord(
  records: Records,
  name: string,
  record: RuleRecord | undefined,
): Promise<void> {
  const value = record && utf8(JSON.stringify(record));
  const change = { space, key: utf8(name), value };
  await records.update([], () => ({ changes: [change], result: undefined }));
}
