/** Ports to what lasts, and the engines behind them. */

export { entriesOf, type Span } from "./entries.ts";
export { keyBytesMax } from "./limits.ts";
export { openMemoryRecords } from "./memory/records.ts";
export type { Change, Decision, Entry, Key, Range, RecordAddress, Records } from "./records.ts";
export { type DiskOperation, SimulatedDisk } from "./simulated/disk.ts";
export { openSimulatedRecords } from "./simulated/records.ts";
export { openSqliteRecords, type SqliteRecordsOptions } from "./sqlite/records.ts";
export { makeFolderSynced, syncFolder, writeSynced } from "./synced.ts";
