/**
 * PutLogEvents: a batch in the order of time, durable when it is answered.
 *
 * Events that are too old or too far ahead are left out and told; the rest is taken. The sequence
 * token is ignored, as on AWS since 2023.
 */

import {
  batchBytesMax,
  batchEventsMax,
  batchSpanMsMax,
  eventBytesMax,
  type LogEvent,
  logEventBytes,
  takeWindow,
  type Windowed,
} from "../../logs/mod.ts";
import { readGroupName, readStreamName } from "./names.ts";
import {
  answer,
  constraint,
  invalid,
  type LogsCall,
  type LogsOperation,
  problem,
  type Refusal,
} from "./operation.ts";

export const putLogEvents: LogsOperation = {
  members: {
    logGroupName: "string",
    logStreamName: "string",
    logEvents: "list",
    sequenceToken: "string",
  },
  perform,
};

async function perform(call: LogsCall) {
  const groupName = readGroupName(call);
  if (typeof groupName !== "string") return groupName;
  const streamName = readStreamName(call);
  if (typeof streamName !== "string") return streamName;
  const events = readEvents(call.input.logEvents);
  if ("refusal" in events) return events;
  const found = call.logs.find(groupName, streamName);
  if (!found.ok) return problem(found.problem);
  const windowed = takeWindow(found.value.group, events, call.nowMs);
  const { accepted } = windowed;
  const unspanned = spanProblem(accepted);
  if (unspanned) return unspanned;
  if (accepted.length > 0) {
    const put = await call.logs.put(groupName, streamName, accepted);
    if (!put.ok) return problem(put.problem);
  }
  const rejectedLogEventsInfo = rejectedOf(windowed);
  return answer({
    nextSequenceToken: String(call.nowMs).padStart(56, "0"),
    ...(rejectedLogEventsInfo && { rejectedLogEventsInfo }),
  });
}

function readEvents(given: unknown): readonly LogEvent[] | { readonly refusal: Refusal } {
  if (!Array.isArray(given)) return constraint("logEvents", undefined, "not be null");
  const list = given as readonly unknown[];
  if (list.length < 1) {
    return constraint("logEvents", "[]", "have length greater than or equal to 1");
  }
  if (list.length > batchEventsMax) {
    return constraint("logEvents", "...", `have length less than or equal to ${batchEventsMax}`);
  }
  const events: LogEvent[] = [];
  let bytes = 0;
  for (const [index, one] of list.entries()) {
    const { timestamp, message } = (one ?? {}) as { timestamp?: unknown; message?: unknown };
    const at = `logEvents.${index + 1}.member`;
    if (!Number.isSafeInteger(timestamp) || (timestamp as number) < 0) {
      return constraint(`${at}.timestamp`, timestamp, "be milliseconds since 1970");
    }
    if (typeof message !== "string" || message === "") {
      return constraint(`${at}.message`, message, "have length greater than or equal to 1");
    }
    const eventBytes = logEventBytes(message);
    if (eventBytes > eventBytesMax) {
      return invalid(`Log event too large: ${eventBytes} bytes exceeds limit of ${eventBytesMax}`);
    }
    const before = events.at(-1);
    if (before && before.timestampMs > (timestamp as number)) {
      return invalid("Log events in a single PutLogEvents request must be in chronological order.");
    }
    bytes += eventBytes;
    events.push({ timestampMs: timestamp as number, message });
  }
  if (bytes <= batchBytesMax) return events;
  return invalid(`Upload too large: ${bytes} bytes exceeds limit of ${batchBytesMax}`);
}

function spanProblem(events: readonly LogEvent[]) {
  const first = events[0];
  const last = events.at(-1);
  if (!first || !last || last.timestampMs - first.timestampMs <= batchSpanMsMax) return undefined;
  return invalid(
    "The batch of log events in a single PutLogEvents request cannot span more than 24 hours.",
  );
}

function rejectedOf({ tooOldCount, expiredCount, tooNewFrom }: Windowed) {
  const rejected = {
    ...(tooNewFrom !== undefined && { tooNewLogEventStartIndex: tooNewFrom }),
    ...(tooOldCount > 0 && { tooOldLogEventEndIndex: tooOldCount }),
    ...(expiredCount > 0 && { expiredLogEventEndIndex: expiredCount }),
  };
  return Object.keys(rejected).length > 0 ? rejected : undefined;
}
