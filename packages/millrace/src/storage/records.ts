/**
 * Records: ordered keys with values, in named spaces.
 *
 * The ground under tables, sessions and retained messages. What every engine promises; the suite
 * in `records-suite.ts` has one test per line, by its number.
 *
 *   R1  A change that `update` has answered is seen by every later `get` and `range`.
 *   R2  The changes of one `update` become visible together or not at all.
 *   R3  `update` decides on the newest values, those of updates not yet answered included: two
 *       updates of one key never both decide on the same old value.
 *   R4  When `update` has answered, the changes outlive the process (the memory engine cannot).
 *   R5  When `decide` throws, nothing changes and `update` rejects with what was thrown; it does
 *       so after every change it has looked at is as durable as R4 says.
 *   R6  `range` gives keys in unsigned byte order, or the reverse, within [from, to), at most
 *       `countMax`, all from one moment; of each value no more than `valueBytesMax`. Both ends may
 *       be longer than any key.
 *   R7  Values come back byte for byte; the caller's arrays may be reused once a call returns.
 *   R8  A failed commit (disk full) rejects every update in it, and those that looked at its
 *       changes, with a `WorldError`; what is visible stays as before it.
 *   R9  `close` answers after everything accepted is durable; later calls reject.
 *
 * What none promises: order between updates that share no key; a stable moment across two calls.
 */

import type { Awaitable } from "../base/mod.ts";

/** At most 2,048 bytes, compared as unsigned bytes. */
export type Key = Uint8Array;

export interface RecordAddress {
  readonly space: string;
  readonly key: Key;
}

/** `value: undefined` deletes; deleting what is not there is no error. */
export interface Change extends RecordAddress {
  readonly value: Uint8Array | undefined;
}

export interface Entry {
  readonly key: Key;
  readonly value: Uint8Array;
}

export interface Range {
  readonly space: string;
  /** First key, included. Absent: from the beginning. */
  readonly from?: Uint8Array;
  /** First key past the end, excluded. Absent: to the end. */
  readonly to?: Uint8Array;
  readonly reverse?: boolean;
  readonly countMax: number;
  /** No more of each value than its first bytes, for who wants keys alone. Absent: all of it. */
  readonly valueBytesMax?: number;
}

export interface Decision<T> {
  readonly changes: readonly Change[];
  readonly result: T;
}

export interface Records {
  /** At once where the engine has it at once; what goes wrong is a rejection in any case. */
  get(address: RecordAddress): Awaitable<Uint8Array | undefined>;
  range(range: Range): Promise<Entry[]>;
  /**
   * Reads `reads`, lets `decide` say what changes, and answers with its result once the changes
   * are durable. `decide` gets the values in the order of `reads`, is pure and may run again.
   */
  update<T>(
    reads: readonly RecordAddress[],
    decide: (values: readonly (Uint8Array | undefined)[]) => Decision<T>,
  ): Promise<T>;
  close(): Promise<void>;
}
