/** Ports to what lasts, and the engines behind them. */

export type { Change, Decision, Entry, Key, Range, RecordAddress, Records } from "./records.ts";
