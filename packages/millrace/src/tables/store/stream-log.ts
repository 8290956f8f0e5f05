/**
 * The stream of a table: a record for each change of an item, in order, for a day.
 *
 * A change and its record are written in one update, which also reads and raises the number of the
 * last record: so numbers have no gaps, and whoever sees a record sees all before it. A write that
 * changes nothing has no record.
 */

import { assert, textOf, utf8 } from "../../base/mod.ts";
import { equalValues, type Item } from "../../expressions/mod.ts";
import type { Change, RecordAddress } from "../../storage/mod.ts";
import { streamAgeMaxMs, sweepBatchCount } from "../limits.ts";
import { itemSize } from "./item-size.ts";
import { keyOf } from "./keys.ts";
import type { StreamState, Table } from "./table.ts";

export interface StreamRecord {
  readonly event: "INSERT" | "MODIFY" | "REMOVE";
  readonly atMs: number;
  readonly keys: Item;
  readonly old?: Item;
  readonly new?: Item;
  readonly bytes: number;
  /** It was not a request that removed the item, but its age. */
  readonly expired?: true;
}

/** Beside the records, in front of all of them: the number of the last. */
const headKey = Uint8Array.of(0);

export function headAddress({ space }: StreamState): RecordAddress {
  return { space, key: headKey };
}

/** The number of the last record; 0 when there was none yet. */
export function lastNumber(head: Uint8Array | undefined): number {
  return head ? Number(textOf(head)) : 0;
}

/** Where a record lies; numbers begin with 1. */
export function recordKey(number: number): Uint8Array {
  const bytes = new Uint8Array(8);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(number));
  return bytes;
}

export function numberOfKey(key: Uint8Array): number {
  return Number(new DataView(key.buffer, key.byteOffset, 8).getBigUint64(0));
}

export function decodeRecord(bytes: Uint8Array): StreamRecord {
  return JSON.parse(textOf(bytes)) as StreamRecord;
}

/** A change of an item, as its stream tells it. */
export interface ItemChange {
  readonly table: Table;
  readonly old: Item | undefined;
  readonly item: Item | undefined;
  readonly expired?: boolean | undefined;
}

/** The streams of the tables that one update writes to, as they were when it was asked for. */
export class StreamAppender {
  readonly #streams = new Map<Table, StreamState>();

  constructor(tables: Iterable<Table>) {
    for (const table of tables) {
      const { stream } = table;
      if (stream) this.#streams.set(table, stream);
    }
  }

  /** What the update must read for `append`. */
  get addresses(): RecordAddress[] {
    return [...this.#streams.values()].map(headAddress);
  }

  /** Tells who waits for changes, once the update has been made. */
  tellAfter(write: Promise<unknown>): void {
    if (this.#streams.size === 0) return;
    const tell = () => {
      for (const table of this.#streams.keys()) table.streamed();
    };
    write.then(tell, () => {}); // who writes hears of the failure
  }

  /** Records of the changes, in their order, behind the heads that were read. */
  append(heads: readonly (Uint8Array | undefined)[], changes: readonly ItemChange[]): Change[] {
    if (this.#streams.size === 0) return [];
    const numbers = new Map([...this.#streams.keys()].map((table, at) => [table, heads[at]]));
    return [...this.#streams].flatMap(([table, stream]) => {
      const first = lastNumber(numbers.get(table)) + 1;
      const records = changes
        .filter((change) => change.table === table && isChange(change))
        .map((change) => recordOf(stream, change));
      return changesOfStream(stream, first, records);
    });
  }
}

function changesOfStream(
  stream: StreamState,
  first: number,
  records: readonly StreamRecord[],
): Change[] {
  if (records.length === 0) return [];
  const changes = records.map((record, at) => ({
    space: stream.space,
    key: recordKey(first + at),
    value: utf8(JSON.stringify(record)),
  }));
  const last = first + records.length - 1;
  return [...changes, { ...headAddress(stream), value: utf8(String(last)) }];
}

function isChange({ old, item }: ItemChange): boolean {
  if (!old || !item) return old !== item;
  return old !== item && !equalValues({ M: old }, { M: item });
}

function recordOf({ view }: StreamState, change: ItemChange): StreamRecord {
  const { table, old, item, expired } = change;
  const keys = keyOf(table.definition, (item ?? old)!);
  const shown = {
    ...(old && view.includes("OLD") && { old }),
    ...(item && view.includes("NEW") && { new: item }),
  };
  const images = [keys, ...Object.values(shown)];
  // The time first: `timeOf` looks for it there.
  return {
    event: old ? (item ? "MODIFY" : "REMOVE") : "INSERT",
    atMs: table.clock.now(),
    keys,
    ...shown,
    bytes: images.reduce((sum, image) => sum + itemSize(image), 0),
    ...(expired && !item && { expired: true as const }),
  };
}

/** The time stands within so many bytes of a record. */
const timeBytesMax = 64;

/** When the change was made of which this is the beginning of the record. */
function timeOf(beginning: Uint8Array): number {
  const written = /^\{"event":"[A-Z]+","atMs":(\d+)/.exec(textOf(beginning))?.[1];
  assert(written !== undefined, "a record of a stream does not begin with its time");
  return Number(written);
}

/** Forgets records that are more than a day old; looks at one alone while none is. */
export async function trimStream({ records, clock }: Table, { space }: StreamState): Promise<void> {
  const oldestMs = clock.now() - streamAgeMaxMs;
  let countMax = 1;
  for (;;) {
    const range = { space, from: recordKey(1), countMax, valueBytesMax: timeBytesMax };
    const entries = await records.range(range);
    const spent = entries.filter(({ value }) => timeOf(value) < oldestMs);
    if (spent.length === 0) return;
    const changes = spent.map(({ key }) => ({ space, key, value: undefined }));
    await records.update([], () => ({ changes, result: undefined }));
    countMax = sweepBatchCount;
  }
}
