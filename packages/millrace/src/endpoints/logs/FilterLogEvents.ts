/**
 * FilterLogEvents: the events of a group that match a pattern, of all streams or some, the oldest
 * first.
 *
 * One answer looks at a bounded part of the log, so that it may hold few events or none and yet a
 * token for the rest, as on AWS.
 */

import { type LogGroup, placeId, placeOfId, readEventsMax, readPattern } from "../../logs/mod.ts";
import { readGroup } from "./names.ts";
import {
  answer,
  constraint,
  invalid,
  type LogsCall,
  type LogsOperation,
  problem,
  type Refusal,
} from "./operation.ts";
import { readInteger } from "./paging.ts";
import { readTimes } from "./times.ts";

const streamNamesMax = 100;

export const filterLogEvents: LogsOperation = {
  members: {
    logGroupName: "string",
    logGroupIdentifier: "string",
    logStreamNames: "list",
    logStreamNamePrefix: "string",
    startTime: "number",
    endTime: "number",
    filterPattern: "string",
    nextToken: "string",
    limit: "number",
    interleaved: "boolean", // always so, as on AWS since 2019
    unmask: "boolean",
  },
  perform,
};

async function perform(call: LogsCall) {
  const { input, logs } = call;
  const group = readGroup(call);
  if ("refusal" in group) return group;
  const pattern = readPattern(String(input.filterPattern ?? ""));
  if (!pattern.ok) return invalid(pattern.problem);
  const limit = readInteger(input, "limit", { min: 1, max: readEventsMax, fallback: undefined });
  if (typeof limit === "object") return limit;
  const times = readTimes(input);
  if ("refusal" in times) return times;
  const after = input.nextToken === undefined ? undefined : placeOfId(String(input.nextToken));
  if (input.nextToken !== undefined && !after) {
    return invalid("The specified nextToken is invalid.");
  }
  const isOfStream = readStreams(call, group);
  if (typeof isOfStream !== "function") return isOfStream;
  const { events, last, isAtEnd } = await logs.read(group, {
    fromMs: times.fromMs,
    toMs: times.endMs + 1,
    direction: "forward",
    after,
    countMax: limit,
    wants: ({ stream, message }) => isOfStream(stream) && pattern.matches(message),
    takeWork: pattern.takeWork,
  });
  return answer({
    events: events.map((event) => ({
      logStreamName: group.streamsByNumber.get(event.stream)?.record.name,
      timestamp: event.timestampMs,
      message: event.message,
      ingestionTime: event.ingestedAtMs,
      eventId: placeId(event),
    })),
    searchedLogStreams: [],
    ...(!isAtEnd && last && { nextToken: placeId(last) }),
  });
}

/** Whether a stream, by its number, is one of those that are asked for. */
function readStreams(
  { input }: LogsCall,
  group: LogGroup,
): ((stream: number) => boolean) | { readonly refusal: Refusal } {
  const { logStreamNames: names, logStreamNamePrefix: prefix } = input;
  if (names !== undefined && prefix !== undefined) {
    return invalid("logStreamNames and logStreamNamePrefix cannot be used together");
  }
  if (typeof prefix === "string") {
    return (stream) => group.streamsByNumber.get(stream)?.record.name.startsWith(prefix) === true;
  }
  if (!Array.isArray(names)) return () => true;
  if (names.length < 1 || names.length > streamNamesMax) {
    return constraint("logStreamNames", "...", `have from 1 to ${streamNamesMax} entries`);
  }
  const wanted = new Set<number>();
  for (const name of names) {
    const stream = group.streams.get(String(name));
    if (!stream) return problem("no-stream");
    wanted.add(stream.number);
  }
  return (stream) => wanted.has(stream);
}
