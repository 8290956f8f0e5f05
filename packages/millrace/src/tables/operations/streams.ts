/**
 * ListStreams, DescribeStream, GetShardIterator, GetRecords: the changes of a table's items.
 *
 * A stream has one shard. An iterator is the stream and the number of the next record, in text that
 * clients hand back; it is good for fifteen minutes.
 */

import { createHash } from "node:crypto";
import { keySchema, streamLabel, tableArn } from "../catalog/describe.ts";
import { isStreamOver } from "../catalog/state.ts";
import { refuse, refuseInvalid } from "../errors.ts";
import {
  iteratorAgeMaxMs,
  streamAgeMaxMs,
  streamCountMax,
  streamRecordBytesMax,
  streamRecordCountMax,
} from "../limits.ts";
import { messages } from "../messages.ts";
import { readRequest } from "../request/read.ts";
import {
  describeStreamShape,
  getRecordsShape,
  getShardIteratorShape,
  listStreamsShape,
} from "../request/stream-shapes.ts";
import {
  decodeRecord,
  headAddress,
  lastNumber,
  numberOfKey,
  recordKey,
  type StreamRecord,
} from "../store/stream-log.ts";
import type { StreamState, Table } from "../store/table.ts";
import type { Context, Operation } from "./operation.ts";

/** Records that are read before it is known how large they are. */
const firstReadCount = 16;

interface Stream {
  readonly arn: string;
  readonly table: Table;
  readonly state: StreamState;
}

export const listStreams: Operation = async (context, request) => {
  const input = readRequest(listStreamsShape, request);
  const { TableName, ExclusiveStartStreamArn: start, Limit = streamCountMax } = input;
  const all = [...streamsOf(context)].filter(({ table }) => {
    return TableName === undefined || table.definition.name === TableName;
  });
  all.sort((left, right) => (left.arn < right.arn ? -1 : 1));
  const following = start === undefined ? all : all.filter(({ arn }) => arn > start);
  const page = following.slice(0, Limit);
  const cut = following.length > page.length;
  return {
    Streams: page.map(({ arn, table, state }) => ({
      StreamArn: arn,
      TableName: table.definition.name,
      StreamLabel: streamLabel(state),
    })),
    ...(cut && { LastEvaluatedStreamArn: page.at(-1)!.arn }),
  };
};

export const describeStream: Operation = async (context, request) => {
  const input = readRequest(describeStreamShape, request);
  const { arn, table, state } = findStream(context, input.StreamArn);
  const shard = shardIdOf(state);
  await endSettled(table, state);
  const last = lastNumber(await table.records.get(headAddress(state)));
  const range = {
    StartingSequenceNumber: sequenceNumber(1),
    ...(state.endedMs !== undefined && { EndingSequenceNumber: sequenceNumber(last) }),
  };
  const past = input.ExclusiveStartShardId !== undefined && input.ExclusiveStartShardId >= shard;
  // The one shard has no children.
  const none = past || input.ShardFilter !== undefined;
  return {
    StreamDescription: {
      StreamArn: arn,
      StreamLabel: streamLabel(state),
      StreamStatus: state.endedMs === undefined ? "ENABLED" : "DISABLED",
      StreamViewType: state.view,
      CreationRequestDateTime: state.startedMs / 1000,
      TableName: table.definition.name,
      KeySchema: keySchema(table.definition),
      Shards: none ? [] : [{ ShardId: shard, SequenceNumberRange: range }],
    },
  };
};

export const getShardIterator: Operation = async (context, request) => {
  const input = readRequest(getShardIteratorShape, request);
  const { ShardIteratorType: type, SequenceNumber } = input;
  const stream = findStream(context, input.StreamArn);
  if (input.ShardId !== shardIdOf(stream.state)) {
    refuse("ResourceNotFoundException", messages.shardNotFound);
  }
  const number = await numberToStart(stream, type, SequenceNumber);
  return { ShardIterator: writeIterator(stream.arn, number, context.clock.now()) };
};

async function numberToStart(
  { table, state }: Stream,
  type: string,
  given: string | undefined,
): Promise<number> {
  if (type === "TRIM_HORIZON") return 1;
  if (type === "LATEST") return lastNumber(await table.records.get(headAddress(state))) + 1;
  if (given === undefined) refuseInvalid(messages.sequenceMissing(type));
  const number = numberOfSequence(given) ?? refuseInvalid(messages.sequenceInvalid(given));
  const oldest = await oldestNumber(table, state);
  if (number < oldest) refuse("TrimmedDataAccessException", messages.trimmed);
  return type === "AT_SEQUENCE_NUMBER" ? number : number + 1;
}

/** The number of the oldest record that is kept; that of the next when there is none. */
async function oldestNumber({ records }: Table, state: StreamState): Promise<number> {
  const from = recordKey(1);
  const [oldest] = await records.range({ space: state.space, from, countMax: 1 });
  if (oldest) return numberOfKey(oldest.key);
  return lastNumber(await records.get(headAddress(state))) + 1;
}

export const getRecords: Operation = async (context, request) => {
  const { ShardIterator, Limit = streamRecordCountMax } = readRequest(getRecordsShape, request);
  const { clock, account } = context;
  const { arn, number, issuedMs } = readIterator(ShardIterator);
  if (clock.now() - issuedMs > iteratorAgeMaxMs) {
    refuse("ExpiredIteratorException", messages.iteratorExpired);
  }
  const { table, state } = findStream(context, arn);
  await endSettled(table, state);
  const records = await readRecords(table, state, { from: number, countMax: Limit });
  const next = (records.at(-1)?.number ?? number - 1) + 1;
  const last = lastNumber(await table.records.get(headAddress(state)));
  const over = state.endedMs !== undefined && next > last;
  return {
    Records: records.map((record) => showRecord(record, state, account.region)),
    ...(!over && { NextShardIterator: writeIterator(arn, next, clock.now()) }),
  };
};

/** Writes that began before the stream was ended still have their records in it. */
async function endSettled(table: Table, { endedMs }: StreamState): Promise<void> {
  if (endedMs !== undefined) await table.writesSettled();
}

interface Numbered extends StreamRecord {
  readonly number: number;
}

/** As many at a time as are likely to fit into what is left of the answer. */
async function readRecords(
  { records, clock }: Table,
  { space }: StreamState,
  { from, countMax }: { readonly from: number; readonly countMax: number },
): Promise<Numbered[]> {
  const read: Numbered[] = [];
  let [next, bytes, seen, wanted] = [from, 0, 0, Math.min(countMax, firstReadCount)];
  while (read.length < countMax) {
    const entries = await records.range({ space, from: recordKey(next), countMax: wanted });
    for (const { key, value } of entries) {
      const record = decodeRecord(value);
      next = numberOfKey(key) + 1;
      if (clock.now() - record.atMs > streamAgeMaxMs) continue;
      bytes += record.bytes;
      seen += 1;
      if (bytes > streamRecordBytesMax && read.length > 0) return read;
      read.push({ ...record, number: next - 1 });
    }
    if (entries.length < wanted) return read;
    const fitting = Math.ceil(((streamRecordBytesMax - bytes) * seen) / Math.max(bytes, 1));
    wanted = Math.max(1, Math.min(countMax - read.length, seen ? fitting : firstReadCount));
  }
  return read;
}

function showRecord(record: Numbered, { view, space }: StreamState, awsRegion: string) {
  const { number, event, atMs, keys, old, new: image, bytes, expired } = record;
  return {
    eventID: eventId(space, number),
    eventName: event,
    eventVersion: "1.1",
    eventSource: "aws:dynamodb",
    awsRegion,
    dynamodb: {
      ApproximateCreationDateTime: Math.floor(atMs / 1000),
      Keys: keys,
      ...(image && { NewImage: image }),
      ...(old && { OldImage: old }),
      SequenceNumber: sequenceNumber(number),
      SizeBytes: bytes,
      StreamViewType: view,
    },
    ...(expired && {
      userIdentity: { PrincipalId: "dynamodb.amazonaws.com", Type: "Service" },
    }),
  };
}

/** The same identifier whenever the record is read. */
function eventId(space: string, number: number): string {
  return createHash("sha256").update(`${space} ${number}`).digest("hex").slice(0, 32);
}

function* streamsOf({ catalog, account, clock }: Context): Iterable<Stream> {
  for (const table of catalog.tables()) {
    for (const state of table.state.streams ?? []) {
      if (isStreamOver(state, clock.now())) continue; // the sweep has not come by yet
      const arn = `${tableArn(account, table.definition.name)}/stream/${streamLabel(state)}`;
      yield { arn, table, state };
    }
  }
}

function findStream(context: Context, arn: string): Stream {
  for (const stream of streamsOf(context)) if (stream.arn === arn) return stream;
  return refuse("ResourceNotFoundException", messages.streamNotFound(arn));
}

/** A shard's name holds the moment it was made and something of its own. */
function shardIdOf({ startedMs }: StreamState): string {
  return `shardId-${String(startedMs).padStart(20, "0")}-00000001`;
}

const sequenceOffset = 100_000_000_000_000_000_000n;

function sequenceNumber(number: number): string {
  return String(sequenceOffset + BigInt(number));
}

function numberOfSequence(text: string): number | undefined {
  if (!/^\d{21,40}$/.test(text)) return undefined;
  const number = Number(BigInt(text) - sequenceOffset);
  return Number.isSafeInteger(number) && number >= 0 ? number : undefined;
}

function writeIterator(arn: string, number: number, nowMs: number): string {
  const place = Buffer.from(JSON.stringify([number, nowMs])).toString("base64url");
  return `${arn}|1|${place}`;
}

function readIterator(text: string) {
  const [arn, version, place] = text.split("|");
  if (!arn || version !== "1" || !place) refuseInvalid(messages.iteratorInvalid);
  try {
    const read: unknown = JSON.parse(Buffer.from(place, "base64url").toString());
    const [number, issuedMs]: unknown[] = Array.isArray(read) ? read : [];
    if (!isSafeInteger(number) || !isSafeInteger(issuedMs)) throw new SyntaxError();
    return { arn, number, issuedMs };
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return refuseInvalid(messages.iteratorInvalid);
  }
}

function isSafeInteger(value: unknown): value is number {
  return Number.isSafeInteger(value);
}
