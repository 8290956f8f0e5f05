/**
 * Groups and streams: in memory, and on disk as JSON.
 *
 *   space `log-groups`    number of the group -> the group
 *   space `log-streams`   number of the group, number of the stream -> the stream
 *
 * Numbers are never given twice as long as anything carries them. A group that is deleted keeps its
 * record until its blocks are gone; events of a stream that is gone are not shown.
 */

import { textOf, utf8, WorldError } from "../base/mod.ts";
import { type Change, entriesOf, type Records } from "../storage/mod.ts";

const groupSpace = "log-groups";
const streamSpace = "log-streams";

/** What a group is on disk. */
export interface GroupRecord {
  readonly name: string;
  readonly createdAtMs: number;
  /** Absent: for ever, as far as there is room. */
  retentionDays?: number | undefined;
  tags: Readonly<Record<string, string>>;
  /** Of its blocks. */
  storedBytes: number;
  nextBlock: number;
  nextStream: number;
  isDeleted?: boolean;
}

export interface StreamRecord {
  readonly name: string;
  readonly createdAtMs: number;
  /** Made for whoever writes, not asked for: it goes with its last event. */
  readonly cameByItself: boolean;
  firstEventMs?: number;
  lastEventMs?: number;
  lastIngestionMs?: number;
}

export interface Stream {
  readonly number: number;
  readonly record: StreamRecord;
  /** Was asked for; what still comes for it is not kept. */
  isDeleted?: boolean;
}

export interface Group {
  readonly number: number;
  readonly record: GroupRecord;
  /** By name, in the order in which they came. */
  readonly streams: Map<string, Stream>;
  readonly streamsByNumber: Map<number, Stream>;
}

export function newGroup(number: number, record: GroupRecord): Group {
  return { number, record, streams: new Map(), streamsByNumber: new Map() };
}

export function putStream(group: Group, stream: Stream): void {
  group.streams.set(stream.record.name, stream);
  group.streamsByNumber.set(stream.number, stream);
}

export function dropStream(group: Group, stream: Stream): void {
  group.streams.delete(stream.record.name);
  group.streamsByNumber.delete(stream.number);
}

export function groupChange({ number, record }: Group): Change {
  return { space: groupSpace, key: numberKey(number), value: encode(record) };
}

export function groupRemoval({ number }: Group): Change {
  return { space: groupSpace, key: numberKey(number), value: undefined };
}

export function streamChange(group: Group, { number, record }: Stream): Change {
  return { space: streamSpace, key: numberKey(group.number, number), value: encode(record) };
}

export function streamRemoval(group: Group, { number }: Stream): Change {
  return { space: streamSpace, key: numberKey(group.number, number), value: undefined };
}

/** Every group with its streams, those included that are being deleted. */
export async function readGroups(records: Records): Promise<Group[]> {
  const groups = new Map<number, Group>();
  for await (const { key, value } of entriesOf(records, { space: groupSpace })) {
    const number = numberAt(key, 0);
    groups.set(number, newGroup(number, decode(value)));
  }
  for await (const { key, value } of entriesOf(records, { space: streamSpace })) {
    const group = groups.get(numberAt(key, 0));
    if (group) putStream(group, { number: numberAt(key, 4), record: decode(value) });
  }
  return [...groups.values()];
}

function encode(record: GroupRecord | StreamRecord): Uint8Array {
  return utf8(JSON.stringify(record));
}

function decode<T>(value: Uint8Array): T {
  try {
    return JSON.parse(textOf(value)) as T;
  } catch (thrown) {
    throw new WorldError("RECORD_BROKEN", "cannot read a group of logs: it is no JSON", thrown);
  }
}

function numberKey(...numbers: readonly number[]): Uint8Array {
  const key = new Uint8Array(4 * numbers.length);
  const view = new DataView(key.buffer);
  for (const [at, number] of numbers.entries()) view.setUint32(4 * at, number);
  return key;
}

function numberAt(key: Uint8Array, offset: number): number {
  return new DataView(key.buffer, key.byteOffset).getUint32(offset);
}
