/**
 * Backups: a table's items and definition as they were, under an ARN of their own.
 *
 * Items are copied first and the backup is written down last; what a crash leaves half-copied is
 * noted before and cleared away at the next start. Writes that come while a backup is made may or
 * may not be in it.
 */

import { textOf, utf8 } from "../../base/mod.ts";
import type { Records } from "../../storage/mod.ts";
import { buildBatchCount } from "../limits.ts";
import { after } from "../store/key-bytes.ts";
import type { Table, TableState } from "../store/table.ts";

const backupSpace = "tables-backups";
/** Spaces that are being filled, and belong to nothing yet. */
export const unfinishedSpace = "tables-unfinished";

export interface Backup {
  readonly id: string;
  readonly name: string;
  readonly createdMs: number;
  /** Of the table as it was. */
  readonly state: TableState;
  readonly space: string;
  readonly itemCount: number;
  readonly bytes: number;
}

export type BackupHead = Pick<Backup, "id" | "name" | "createdMs">;

/** The backup, once all of its items are copied. */
export async function makeBackup(table: Table, head: BackupHead): Promise<Backup> {
  const { records, state } = table;
  const space = `backup/${head.id}/items`;
  await noteUnfinished(records, space);
  const copied = await copySpace(records, table.itemSpace, space);
  const backup = { ...head, state, space, ...copied };
  const changes = [
    { space: backupSpace, key: utf8(head.id), value: utf8(JSON.stringify(backup)) },
    finished(space),
  ];
  await records.update([], () => ({ changes, result: undefined }));
  return backup;
}

/** `undefined` when there is none of that id. */
export async function findBackup(records: Records, id: string): Promise<Backup | undefined> {
  const bytes = await records.get({ space: backupSpace, key: utf8(id) });
  return bytes && (JSON.parse(textOf(bytes)) as Backup);
}

/** In the order of their ids. */
export async function listBackups(records: Records): Promise<Backup[]> {
  const range = { space: backupSpace, countMax: Number.MAX_SAFE_INTEGER };
  return (await records.range(range)).map(({ value }) => JSON.parse(textOf(value)) as Backup);
}

/** The backup is gone once this has answered; its items are cleared away at the next start. */
export async function forgetBackup(records: Records, { id, space }: Backup): Promise<void> {
  const changes = [
    { space: backupSpace, key: utf8(id), value: undefined },
    { ...finished(space), value: new Uint8Array(0) },
  ];
  await records.update([], () => ({ changes, result: undefined }));
}

export async function noteUnfinished(records: Records, space: string): Promise<void> {
  const change = { ...finished(space), value: new Uint8Array(0) };
  await records.update([], () => ({ changes: [change], result: undefined }));
}

/** The change that takes the note away again. */
export function finished(space: string) {
  return { space: unfinishedSpace, key: utf8(space), value: undefined };
}

/** How much was copied; bytes as they are stored. */
export async function copySpace(
  records: Records,
  source: string,
  target: string,
): Promise<{ itemCount: number; bytes: number }> {
  let [itemCount, bytes] = [0, 0];
  let from: Uint8Array | undefined;
  for (;;) {
    const range = { space: source, from, countMax: buildBatchCount };
    const entries = await records.range(range);
    const last = entries.at(-1);
    if (!last) return { itemCount, bytes };
    const changes = entries.map(({ key, value }) => ({ space: target, key, value }));
    await records.update([], () => ({ changes, result: undefined }));
    itemCount += entries.length;
    bytes += entries.reduce((sum, { value }) => sum + value.length, 0);
    from = after(last.key);
  }
}
