/**
 * Backups: a table's items and definition as they were, under an ARN of their own.
 *
 * Items are copied first and the backup is written down last, while the table still stands: what is
 * dropped is cleared only after its state is gone, so such a copy is whole. The copy is noted
 * before it begins, and what does not become a backup is cleared away, over a crash too. Writes
 * that come while a backup is made may or may not be in it.
 */

import { noBytes, textOf, utf8 } from "../../base/mod.ts";
import type { RecordAddress, Records } from "../../storage/mod.ts";
import { refuse } from "../errors.ts";
import { messages } from "../messages.ts";
import { copySpace } from "../store/copy.ts";
import type { RestoredFrom, Table, TableState } from "../store/table.ts";
import { isStateOf, stateAddress } from "./state.ts";

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

/** Where the items of a backup lie. */
export function backupItemSpace({ id }: BackupHead): string {
  return `backup/${id}/items`;
}

function backupAddress(id: string): RecordAddress {
  return { space: backupSpace, key: utf8(id) };
}

/** The backup, once all of its items are copied; refuses when the table goes meanwhile. */
export async function makeBackup(table: Table, head: BackupHead): Promise<Backup> {
  const { records, state } = table;
  const { name } = state.definition;
  const space = backupItemSpace(head);
  const copied = await copySpace(records, table.itemSpace, space);
  const backup = { ...head, state, space, ...copied };
  const written = { ...backupAddress(head.id), value: utf8(JSON.stringify(backup)) };
  await records.update([stateAddress(name)], ([bytes]) => {
    if (!isStateOf(table, bytes)) {
      refuse("TableNotFoundException", messages.tableNotFoundShort(name));
    }
    return { changes: [written, finished(space)], result: undefined };
  });
  return backup;
}

/** Where the items of a new table come from. */
export interface ItemSource {
  readonly restored: RestoredFrom;
  copyTo(space: string): Promise<unknown>;
  /** A record that must still be as it should when all is copied. */
  readonly address: RecordAddress;
  /** Refuses when it is not: part of the source may have been cleared away. */
  check(bytes: Uint8Array | undefined): void;
}

/** A backup as a source; `gone` refuses in the words of who asks. */
export function sourceOfBackup(
  records: Records,
  backup: Backup,
  { restored, gone }: { readonly restored: RestoredFrom; gone(): never },
): ItemSource {
  return {
    restored,
    copyTo: (space) => copySpace(records, backup.space, space),
    address: backupAddress(backup.id),
    check: (bytes) => void (bytes ?? gone()),
  };
}

/** `undefined` when there is none of that id. */
export async function findBackup(records: Records, id: string): Promise<Backup | undefined> {
  const bytes = await records.get(backupAddress(id));
  return bytes && (JSON.parse(textOf(bytes)) as Backup);
}

/** In the order of their ids. */
export async function listBackups(records: Records): Promise<Backup[]> {
  const range = { space: backupSpace, countMax: Number.MAX_SAFE_INTEGER };
  return (await records.range(range)).map(({ value }) => JSON.parse(textOf(value)) as Backup);
}

/** The backup is gone once this has answered; its items are noted to be cleared away. */
export async function forgetBackup(records: Records, { id, space }: Backup): Promise<void> {
  const changes = [
    { ...backupAddress(id), value: undefined },
    { ...finished(space), value: noBytes },
  ];
  await records.update([], () => ({ changes, result: undefined }));
}

export async function noteUnfinished(records: Records, space: string): Promise<void> {
  const change = { ...finished(space), value: noBytes };
  await records.update([], () => ({ changes: [change], result: undefined }));
}

/** The change that takes the note away again. */
export function finished(space: string) {
  return { space: unfinishedSpace, key: utf8(space), value: undefined };
}
