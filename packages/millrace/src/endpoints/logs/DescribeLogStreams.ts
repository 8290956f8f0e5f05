/** DescribeLogStreams: by name, or by the time of the last event. */

import type { LogStream } from "../../logs/mod.ts";
import { readGroup, streamArn } from "./names.ts";
import { answer, constraint, invalid, type LogsCall, type LogsOperation } from "./operation.ts";
import { pageOf } from "./paging.ts";

export const describeLogStreams: LogsOperation = {
  members: {
    logGroupName: "string",
    logGroupIdentifier: "string",
    logStreamNamePrefix: "string",
    orderBy: "string",
    descending: "boolean",
    nextToken: "string",
    limit: "number",
  },
  perform,
};

async function perform(call: LogsCall) {
  const { input, logs } = call;
  await logs.flush(); // a stream's times are those of what is on disk
  const group = readGroup(call);
  if ("refusal" in group) return group;
  const { orderBy = "LogStreamName", descending = false } = input;
  const prefix = String(input.logStreamNamePrefix ?? "");
  if (orderBy !== "LogStreamName" && orderBy !== "LastEventTime") {
    const demand = "satisfy enum value set: [LogStreamName, LastEventTime]";
    return constraint("orderBy", orderBy, demand);
  }
  if (orderBy === "LastEventTime" && prefix !== "") {
    return invalid("Cannot order by LastEventTime with a logStreamNamePrefix.");
  }
  const placeOf = orderBy === "LogStreamName" ? nameOf : placeInTime;
  const streams = [...group.streams.values()].filter((stream) => nameOf(stream).startsWith(prefix));
  streams.sort((left, right) => (placeOf(left) < placeOf(right) ? -1 : 1));
  if (descending) streams.reverse();
  const paged = pageOf(input, streams, { placeOf, descending: descending === true });
  if ("refusal" in paged) return paged;
  const logStreams = paged.page.map((stream) => {
    const { name, createdAtMs, firstEventMs, lastEventMs, lastIngestionMs } = stream.record;
    return {
      logStreamName: name,
      creationTime: createdAtMs,
      firstEventTimestamp: firstEventMs,
      lastEventTimestamp: lastEventMs,
      lastIngestionTime: lastIngestionMs,
      arn: streamArn(call, group, stream),
      storedBytes: 0, // AWS tells no more since 2019
    };
  });
  return answer({ logStreams, nextToken: paged.nextToken });
}

function nameOf({ record }: LogStream): string {
  return record.name;
}

/** Streams without events come first; those of one moment by name. */
function placeInTime({ record }: LogStream): string {
  return `${String(record.lastEventMs ?? 0).padStart(16, "0")} ${record.name}`;
}
