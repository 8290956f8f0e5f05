/**
 * Values that were read lately, so that what is asked for again costs no statement.
 *
 * One process writes a folder, and all of its commits are told here, so what is kept is what is on
 * disk. While a batch is on its way, its records are read from the disk alone: only there do all
 * of its changes become visible at one moment (R2).
 *
 * Two generations: what is read goes into the young one, and when that is full, the old one goes.
 */

import type { Change, RecordAddress } from "../records.ts";

/** Of keys and values in both generations, and some 200 for each that hold them. */
const bytesMax = 32 * 1024 * 1024;
const overheadBytes = 200;
/** Larger values are not worth their room. */
const valueBytesMax = 32 * 1024;

type Generation = Map<string, Uint8Array>;
/** Changes by the spelled addresses of their records. */
type Batch = ReadonlyMap<string, Change>;

export class ReadCache {
  readonly #bytesMax: number;
  #young: Generation = new Map();
  #old: Generation = new Map();
  #youngBytes = 0;
  /** That is being committed; of what is kept of its records nothing is told. */
  #inFlight: Batch | undefined;

  constructor(most = bytesMax) {
    this.#bytesMax = most;
  }

  /** The value, in an array of the caller's own, from here or from `read`. */
  get(
    address: RecordAddress,
    spelled: string,
    read: (address: RecordAddress) => Uint8Array | undefined,
  ): Uint8Array | undefined {
    if (this.#inFlight?.has(spelled)) return read(address);
    const young = this.#young.get(spelled);
    if (young) return young.slice();
    const old = this.#old.get(spelled);
    if (old) {
      this.#old.delete(spelled);
      this.#keep(spelled, old);
      return old.slice();
    }
    const value = read(address);
    if (value) this.#keep(spelled, value.slice());
    return value;
  }

  /** Called before the first of the changes can be on disk. */
  begin(changes: Batch): void {
    this.#inFlight = changes;
  }

  /** They are all on disk, or, with `failed`, probably none of them. */
  end(changes: Batch, outcome: "committed" | "failed"): void {
    this.#inFlight = undefined;
    for (const [spelled, { value }] of changes) {
      const young = this.#young.get(spelled);
      if (!young && !this.#old.delete(spelled)) continue;
      if (young && young.length === value?.length && outcome === "committed") {
        this.#young.set(spelled, value); // takes no other room than before
        continue;
      }
      if (value && outcome === "committed") this.#keep(spelled, value);
      else this.#forget(spelled);
    }
  }

  /** From now on in the young generation, where it may be already. */
  #keep(spelled: string, value: Uint8Array): void {
    this.#forget(spelled);
    if (value.length > valueBytesMax) return;
    this.#young.set(spelled, value);
    this.#youngBytes += sizeOf(spelled, value);
    if (this.#youngBytes < this.#bytesMax / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
  }

  /** Of the young generation. */
  #forget(spelled: string): void {
    const known = this.#young.get(spelled);
    if (!known) return;
    this.#youngBytes -= sizeOf(spelled, known);
    this.#young.delete(spelled);
  }
}

function sizeOf(spelled: string, value: Uint8Array): number {
  return spelled.length + value.length + overheadBytes;
}
