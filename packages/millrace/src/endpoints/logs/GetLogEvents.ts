/**
 * GetLogEvents: the events of one stream, a page at a time, forwards or backwards; within a page
 * always the oldest first.
 *
 * A token is the place of the event that the page ended with, in its direction; at the end it comes
 * back as it was sent.
 */

import { type LogStream, type Place, placeId, placeOfId, readEventsMax } from "../../logs/mod.ts";
import { readGroup, readStreamName } from "./names.ts";
import { answer, invalid, type LogsCall, type LogsOperation, problem } from "./operation.ts";
import { readInteger } from "./paging.ts";
import { readTimes } from "./times.ts";

export const getLogEvents: LogsOperation = {
  members: {
    logGroupName: "string",
    logGroupIdentifier: "string",
    logStreamName: "string",
    startTime: "number",
    endTime: "number",
    nextToken: "string",
    limit: "number",
    startFromHead: "boolean",
    unmask: "boolean",
  },
  perform,
};

type Direction = "forward" | "backward";

async function perform(call: LogsCall) {
  const { input, logs } = call;
  const group = readGroup(call);
  if ("refusal" in group) return group;
  const streamName = readStreamName(call);
  if (typeof streamName !== "string") return streamName;
  const limit = readInteger(input, "limit", { min: 1, max: readEventsMax, fallback: undefined });
  if (typeof limit === "object") return limit;
  const times = readTimes(input);
  if ("refusal" in times) return times;
  await logs.flush(); // a stream's times are those of what is on disk
  const stream = group.streams.get(streamName);
  if (!stream) return problem("no-stream");
  const token = readToken(input.nextToken);
  if (token === "invalid") return invalid("The specified nextToken is invalid.");
  const direction = token?.direction ?? (input.startFromHead === true ? "forward" : "backward");
  const { firstEventMs = 0, lastEventMs = 0 } = stream.record;
  const { events, last } = await logs.read(group, {
    fromMs: Math.max(times.fromMs, firstEventMs),
    toMs: Math.min(times.endMs, lastEventMs + 1),
    direction,
    after: token?.place,
    countMax: limit,
    wants: (event) => event.stream === stream.number,
  });
  const ordered = direction === "forward" ? events : events.toReversed();
  const ends = endsOf({ ordered, direction, last, asked: token?.place, stream });
  return answer({
    events: ordered.map(({ timestampMs, message, ingestedAtMs }) => ({
      timestamp: timestampMs,
      message,
      ingestionTime: ingestedAtMs,
    })),
    nextForwardToken: `f/${placeId(ends.forward)}/s`,
    nextBackwardToken: `b/${placeId(ends.backward)}/s`,
  });
}

interface Page {
  readonly ordered: readonly Place[];
  readonly direction: Direction;
  /** What was looked at last. */
  readonly last: Place | undefined;
  readonly asked: Place | undefined;
  readonly stream: LogStream;
}

/** Where the next page begins, in either direction. */
function endsOf({ ordered, direction, last, asked, stream }: Page) {
  const newest = { timestampMs: stream.record.lastEventMs ?? 0, block: 0, index: 0 };
  const here = asked ?? last ?? newest;
  return direction === "forward"
    ? { forward: last ?? here, backward: ordered[0] ?? here }
    : { forward: ordered.at(-1) ?? here, backward: last ?? here };
}

function readToken(token: unknown): { direction: Direction; place: Place } | "invalid" | undefined {
  if (token === undefined) return undefined;
  const [, letter, id] = /^([fb])\/(\d{56})\/s$/.exec(String(token)) ?? [];
  const place = id === undefined ? undefined : placeOfId(id);
  return place ? { direction: letter === "f" ? "forward" : "backward", place } : "invalid";
}
