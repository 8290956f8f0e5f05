/** What rules write to logs. */

import { systemClock } from "../base/mod.ts";
import { type LogEvent, type Logs, takeWindow } from "../logs/mod.ts";

export interface RuleLogEntry {
  readonly groupName: string;
  /** The stream is named after it. */
  readonly ruleName: string;
  readonly entries: readonly LogEvent[];
}

/**
 * Answers when the entries are durable. As on AWS, the group must be there and the stream comes by
 * itself. Throws the reason of a failure; rejects with a `WorldError` when the disk fails.
 */
export async function writeRuleLog(logs: Logs, entry: RuleLogEntry): Promise<void> {
  const { groupName, ruleName, entries } = entry;
  const group = logs.group(groupName);
  if (!group) {
    const advice = "an AWS::Logs::LogGroup in the template makes one";
    throw new Error(`there is no log group "${groupName}"; ${advice}`);
  }
  const sorted = entries.toSorted((left, right) => left.timestampMs - right.timestampMs);
  const { accepted } = takeWindow(group, sorted, systemClock.now());
  if (sorted.some(({ message }) => message === "")) throw new Error("a line of a log is empty");
  const made = await logs.createStream(groupName, ruleName, true);
  if (!made.ok && made.problem === "too-many") {
    throw new Error(`log group "${groupName}" has too many streams`);
  }
  const put = await logs.put(groupName, ruleName, accepted);
  if (!put.ok) throw new Error(`log group "${groupName}", or its stream, was deleted meanwhile`);
  const refused = sorted.length - accepted.length;
  if (refused > 0) throw new Error(`${refused} lines are too old or too far ahead for the log`);
}
