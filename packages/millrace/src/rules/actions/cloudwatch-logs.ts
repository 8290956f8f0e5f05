/**
 * CloudWatch Logs: the output is a line of a log, or in batch mode an array of them.
 *
 * In batch mode each element is an object of `timestamp` (milliseconds) and `message`. An output
 * that is no such array is one line all the same; AWS does not say what it does then.
 */

import { textOrUndefined } from "../../base/mod.ts";
import { entriesOf, isArray, isObject, type Output, type Value } from "../../sql/mod.ts";
import { boolean, required, roleArn, text } from "../payload/members.ts";
import type { LogEntry } from "../ports.ts";
import { defineAction, failing } from "./action.ts";

export const cloudwatchLogs = defineAction({
  failedName: "CloudWatchLogsAction",
  resource: "logGroupName",
  members: {
    logGroupName: required(text({ pattern: /^[\w./#-]{1,512}$/, form: "the name of a log group" })),
    batchMode: boolean(),
    roleArn: required(roleArn),
  },
  load({ logGroupName, batchMode = false }, { ports, refuse, ruleName }) {
    const { writeLog } = ports;
    if (!writeLog)
      refuse("logGroupName", 'action "cloudwatchLogs" needs a log, which is not there');
    return {
      prepare({ output, context }) {
        const batch = batchMode ? entriesOfBatch(output.value) : undefined;
        const message = batch ? "" : textOrUndefined(output.bytes);
        if (message === undefined) {
          return failing(logGroupName, "the result is not text, which a line of a log must be");
        }
        const entries = batch ?? [{ timestampMs: context.receivedAtMs, message }];
        return {
          resource: logGroupName,
          async perform() {
            await writeLog?.(logGroupName, entries, ruleName);
            return undefined;
          },
        };
      },
    };
  },
});

function entriesOfBatch(value: Output["value"]): LogEntry[] | undefined {
  if (!isArray(value)) return undefined;
  const entries = value.map(entryOf);
  return entries.every((entry) => entry !== undefined) ? entries : undefined;
}

function entryOf(value: Value): LogEntry | undefined {
  if (!isObject(value)) return undefined;
  const members = new Map(entriesOf(value));
  const timestampMs = members.get("timestamp");
  const message = members.get("message");
  if (!isTimestamp(timestampMs) || typeof message !== "string") return undefined;
  return { timestampMs, message };
}

/** From 1970 until the end of the year 9999. */
function isTimestamp(value: Value | undefined): value is number {
  return Number.isSafeInteger(value) && Number(value) >= 0 && Number(value) < 253_402_300_800_000;
}
