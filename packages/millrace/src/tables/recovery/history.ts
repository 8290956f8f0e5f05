/**
 * What a table's items were before: for each change the item as it was until then, kept as long as
 * the table may be restored to a moment.
 *
 *   SHA-256 of the item's key (32 bytes) | until when (8 bytes) | count (4 bytes)
 *
 * The item at a moment is the first that lasted beyond it, or the one that is there now. A change
 * and its record are one update. The times of a table never go back, whatever its clock does, and a
 * count tells changes of one millisecond apart. A second space has the records by time: so what is
 * too old is found without looking at the rest.
 */

import { createHash } from "node:crypto";
import { concatBytes, noBytes } from "../../base/mod.ts";
import type { Change } from "../../storage/mod.ts";
import { dayMs, sweepBatchCount } from "../limits.ts";
import { encodeMoment } from "../store/moment-bytes.ts";
import type { RecoveryState, Table } from "../store/table.ts";

export const digestBytes = 32;

/** An item as it was until it changed; `undefined` where there was none. */
export interface FormerItem {
  readonly key: Uint8Array;
  /** As items are stored. */
  readonly stored: Uint8Array | undefined;
}

/** Both spaces of a history. */
export function spacesOfHistory({ space }: RecoveryState): string[] {
  return [space, agingSpace(space)];
}

function agingSpace(space: string): string {
  return `${space}/aging`;
}

/** The time of one decision on items of these tables, so that none of them goes back. */
export function decisionMs(tables: readonly Table[]): number {
  return Math.max(tables[0]!.clock.now(), ...tables.map(({ momentMs }) => momentMs));
}

/** What is kept of an item that changes; nothing where the table is not kept recoverable. */
export function changesOfHistory(table: Table, former: FormerItem, atMs: number): Change[] {
  const { recovery } = table.state;
  if (!recovery) return [];
  const digest = createHash("sha256").update(former.key).digest();
  const moment = table.nextMoment(atMs);
  return [
    { space: recovery.space, key: concatBytes([digest, moment]), value: encodeFormer(former) },
    { space: agingSpace(recovery.space), key: concatBytes([moment, digest]), value: noBytes },
  ];
}

function timeAt(key: Uint8Array, offset: number): number {
  return Number(new DataView(key.buffer, key.byteOffset + offset, 8).getBigUint64(0));
}

function countAt(key: Uint8Array, offset: number): number {
  return new DataView(key.buffer, key.byteOffset + offset, 4).getUint32(0);
}

/** Until when the item of a record was as it is there. */
export function untilMs(historyKey: Uint8Array): number {
  return timeAt(historyKey, digestBytes);
}

/** The key's length (2 bytes), the key, then the item or nothing. */
function encodeFormer({ key, stored = noBytes }: FormerItem): Uint8Array {
  const length = Uint8Array.of(key.length >> 8, key.length & 0xff);
  return concatBytes([length, key, stored]);
}

export function decodeFormer(bytes: Uint8Array): FormerItem {
  const start = 2 + ((bytes[0]! << 8) | bytes[1]!);
  const stored = bytes.slice(start);
  return { key: bytes.slice(2, start), stored: stored.length === 0 ? undefined : stored };
}

/** Lets the table's times begin behind those that its history has; called before it is written. */
export async function resumeHistory(table: Table): Promise<void> {
  const { recovery } = table.state;
  if (!recovery) return;
  const range = { space: agingSpace(recovery.space), reverse: true, countMax: 1 };
  const [newest] = await table.records.range(range);
  if (newest) table.resumeMoment(timeAt(newest.key, 0), countAt(newest.key, 8));
}

/** Forgets what no restore can ask for any more, unless one is under way. */
export async function trimHistory(table: Table): Promise<void> {
  const { recovery, definition } = table.state;
  if (!recovery || definition.recoveryDays === undefined) return;
  const space = agingSpace(recovery.space);
  const oldestMs = table.clock.now() - definition.recoveryDays * dayMs;
  while (oldestMs > 0 && !table.held) {
    const range = { space, to: encodeMoment(oldestMs, 0), countMax: sweepBatchCount };
    const spent = await table.records.range(range);
    const changes = spent.flatMap(({ key }): Change[] => {
      const [moment, digest] = [key.slice(0, -digestBytes), key.slice(-digestBytes)];
      const record = { space: recovery.space, key: concatBytes([digest, moment]) };
      return [
        { ...record, value: undefined },
        { space, key, value: undefined },
      ];
    });
    if (changes.length > 0) {
      await table.records.update([], () => ({ changes, result: undefined }));
    }
    if (spent.length < sweepBatchCount) return;
  }
}

/** The oldest moment that the table can be restored to; `undefined`: there is none yet. */
export function earliestMs({ state, clock }: Table): number | undefined {
  const { recovery, definition } = state;
  if (recovery?.sinceMs === undefined || definition.recoveryDays === undefined) return undefined;
  return Math.max(recovery.sinceMs, clock.now() - definition.recoveryDays * dayMs);
}
