/**
 * The streams of the tables, here or elsewhere, as triggers read them: by the operations that
 * clients have too, so that a stream elsewhere is asked in signed requests. What stands there may
 * be no DynamoDB at all: an answer without the members that are needed counts as a refusal.
 */

import { utf8, WorldError } from "../../base/mod.ts";
import type { Tables } from "../../tables/mod.ts";
import type { StreamDescription, StreamPorts, StreamRecord } from "../../triggers/mod.ts";

interface DescribedStream {
  readonly StreamDescription: {
    readonly StreamStatus: string;
    readonly Shards?: readonly DescribedShard[];
    readonly LastEvaluatedShardId?: string;
  };
}

interface DescribedShard {
  readonly ShardId: string;
  readonly ParentShardId?: string;
  readonly SequenceNumberRange?: { readonly EndingSequenceNumber?: string };
}

interface ShownRecord {
  readonly dynamodb: {
    readonly ApproximateCreationDateTime?: number;
    readonly Keys?: Readonly<Record<string, unknown>>;
    readonly SequenceNumber: string;
  };
  readonly userIdentity?: { readonly PrincipalId: string; readonly Type: string };
}

interface FoundIterator {
  readonly ShardIterator: string;
}

interface Page {
  readonly Records: readonly ShownRecord[];
  readonly NextShardIterator?: string;
}

type Asked = Pick<Tables, "call" | "callStreams" | "isRemote">;

export function createStreamSource(tables: Asked): StreamPorts {
  const isHere = tables.isRemote !== true;
  const ask = askerOf(tables);
  return {
    tellsOfChanges: isHere,
    isGapless: isHere,
    async currentOf(TableName) {
      const described = await tables.call("DescribeTable", { TableName });
      if (!described.ok) return undefined;
      const { Table } = (described.value ?? {}) as unknown as {
        Table?: { LatestStreamArn?: string; StreamSpecification?: { StreamEnabled?: boolean } };
      };
      if (!Table) throw strange("DescribeTable");
      return Table.StreamSpecification?.StreamEnabled ? Table.LatestStreamArn : undefined;
    },
    async describe(StreamArn) {
      const shards: DescribedShard[] = [];
      for (let start: string | undefined; ; ) {
        const request = { StreamArn, ...(start && { ExclusiveStartShardId: start }) };
        const page = await ask("DescribeStream", request, isDescription);
        if (typeof page === "string") return undefined;
        const { Shards = [], LastEvaluatedShardId, StreamStatus } = page.StreamDescription;
        shards.push(...Shards);
        start = LastEvaluatedShardId;
        if (start === undefined) return descriptionOf(shards, StreamStatus);
      }
    },
    async open(StreamArn, ShardId, place) {
      const at = (position: object) =>
        ask("GetShardIterator", { StreamArn, ShardId, ...position }, isIterator);
      const outcome = await at(positionOf(place));
      if (typeof outcome !== "string") return { kind: "open", iterator: outcome.ShardIterator };
      if (outcome !== "trimmed" || typeof place !== "object") return { kind: kindOf(outcome) };
      // Numbers here have no gaps: when only the record itself is forgotten, nothing is missing.
      const SequenceNumber = String(BigInt(place.after) + 1n);
      const next = isHere
        ? await at({ ShardIteratorType: "AT_SEQUENCE_NUMBER", SequenceNumber })
        : outcome;
      if (typeof next === "string") return { kind: kindOf(next) };
      return { kind: "open", iterator: next.ShardIterator };
    },
    async read(streamArn, ShardIterator, Limit) {
      const outcome = await ask("GetRecords", { ShardIterator, Limit }, isPage);
      if (typeof outcome === "string") return { kind: outcome };
      const records = outcome.Records.map((record) => recordOf(record, streamArn));
      return { kind: "read", records, next: outcome.NextShardIterator ?? undefined };
    },
  };
}

type Refusal = "gone" | "trimmed" | "expired";

const refusals: Readonly<Record<string, Refusal>> = {
  ResourceNotFoundException: "gone",
  TrimmedDataAccessException: "trimmed",
  ExpiredIteratorException: "expired",
};

/** Any other refusal may pass, as throttling does, or be mended: it is the world's. */
function askerOf(tables: Asked) {
  return async <T>(
    operation: Parameters<Tables["callStreams"]>[0],
    request: object,
    isAnswer: (value: unknown) => value is T,
  ): Promise<T | Refusal> => {
    const result = await tables.callStreams(operation, request);
    if (result.ok) {
      if (isAnswer(result.value)) return result.value;
      throw strange(operation);
    }
    const { code, message } = result.error;
    const known = refusals[code];
    if (known) return known;
    throw new WorldError("STREAM_REFUSED", `${operation}: ${code}: ${message}`);
  };
}

function strange(operation: string): WorldError {
  return new WorldError("STREAM_REFUSED", `${operation}: the answer is none of DynamoDB's`);
}

function isDescription(value: unknown): value is DescribedStream {
  const description = (value as Partial<DescribedStream> | null)?.StreamDescription;
  if (!description) return false;
  const { Shards = [] } = description;
  return Array.isArray(Shards) && Shards.every((shard) => isText(shard?.ShardId));
}

function isIterator(value: unknown): value is FoundIterator {
  return isText((value as Partial<FoundIterator> | null)?.ShardIterator);
}

function isPage(value: unknown): value is Page {
  const records = (value as Partial<Page> | null)?.Records;
  return (
    Array.isArray(records) && records.every((record) => isText(record?.dynamodb?.SequenceNumber))
  );
}

function isText(value: unknown): boolean {
  return typeof value === "string";
}

function kindOf(refusal: Refusal): "gone" | "trimmed" {
  return refusal === "trimmed" ? "trimmed" : "gone";
}

function positionOf(place: Parameters<StreamPorts["open"]>[2]): object {
  if (place === "oldest") return { ShardIteratorType: "TRIM_HORIZON" };
  if (place === "newest") return { ShardIteratorType: "LATEST" };
  return { ShardIteratorType: "AFTER_SEQUENCE_NUMBER", SequenceNumber: place.after };
}

function descriptionOf(shards: readonly DescribedShard[], status: string): StreamDescription {
  return {
    isOver: status === "DISABLED",
    shards: shards.map(({ ShardId, ParentShardId, SequenceNumberRange }) => ({
      id: ShardId,
      parentId: ParentShardId,
      isOpen: SequenceNumberRange?.EndingSequenceNumber === undefined,
    })),
  };
}

/** As functions get it: with the stream's ARN, and the members of `userIdentity` in lower case. */
function recordOf(record: ShownRecord, eventSourceARN: string): StreamRecord {
  const { userIdentity: by, ...rest } = record;
  const { ApproximateCreationDateTime: seconds = 0, Keys = {}, SequenceNumber } = rest.dynamodb;
  const userIdentity = by && { principalId: by.PrincipalId, type: by.Type };
  const json = JSON.stringify({ ...rest, ...(userIdentity && { userIdentity }), eventSourceARN });
  const keys = Object.entries(Keys).sort(([left], [right]) => (left < right ? -1 : 1));
  return {
    sequence: SequenceNumber,
    createdMs: seconds * 1000,
    itemKey: JSON.stringify(keys),
    json,
    bytes: utf8(json).length,
  };
}
