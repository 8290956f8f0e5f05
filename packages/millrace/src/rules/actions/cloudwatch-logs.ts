/**
 * CloudWatch Logs: the output is a line of a log, or in batch mode an array of them.
 *
 * In batch mode each element is an object of `timestamp` (milliseconds) and `message`. An output
 * that is no such array is one line all the same; AWS does not say what it does then.
 */

import { textOrUndefined } from "../../base/mod.ts";
import { entriesOf, isArray, isObject, type Output, type Value } from "../../sql/mod.ts";
import { boolean, name, required, roleArn } from "../payload/members.ts";
import type { LogEntry } from "../ports.ts";
import { defineAction, failing, withRendered } from "./action.ts";

const namePattern = /^[\w./#-]{1,512}$/;

export const cloudwatchLogs = defineAction({
  failedName: "CloudWatchLogsAction",
  resource: "logGroupName",
  members: {
    logGroupName: required(name({ pattern: namePattern, form: "the name of a log group" })),
    batchMode: boolean(),
    roleArn: required(roleArn),
  },
  load({ logGroupName: groupTemplate, batchMode = false }, { ports, refuse, ruleName }) {
    const { writeLog } = ports;
    if (!writeLog)
      refuse("logGroupName", 'action "cloudwatchLogs" needs a log, which is not there');
    return {
      prepare(input) {
        return withRendered(groupTemplate, input, (logGroupName) => {
          if (!namePattern.test(logGroupName)) {
            return failing(logGroupName, `"${logGroupName}" is not the name of a log group`);
          }
          const { output, context } = input;
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
        });
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
