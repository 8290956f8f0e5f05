/**
 * Values that were read lately, so that what is asked for again costs no statement.
 *
 * One process writes a folder, and all of its commits are told here, so what is kept is what is on
 * disk. While a batch is on its way, its records are read from the disk alone: only there do all
 * of its changes become visible at one moment (R2).
 *
 * Two generations: what is read goes into the young one, and when that is full, the old one goes.
 */

import { spellAddress } from "../identity.ts";
import type { Change, RecordAddress } from "../records.ts";

/** Of keys and values in both generations, and some 200 for each that hold them. */
const bytesMax = 32 * 1024 * 1024;
const overheadBytes = 200;
/** Larger values are not worth their room. */
const valueBytesMax = 32 * 1024;

type Generation = Map<string, Uint8Array>;

export class ReadCache {
  readonly #bytesMax: number;
  #young: Generation = new Map();
  #old: Generation = new Map();
  #youngBytes = 0;
  /** Records of the batch that is being committed; whether they were kept before. */
  #inFlight = new Map<string, boolean>();

  constructor(most = bytesMax) {
    this.#bytesMax = most;
  }

  /** The value, in an array of the caller's own, from here or from `read`. */
  get(
    address: RecordAddress,
    read: (address: RecordAddress) => Uint8Array | undefined,
  ): Uint8Array | undefined {
    const spelled = spellAddress(address);
    const young = this.#young.get(spelled);
    if (young) return young.slice();
    const old = this.#old.get(spelled);
    if (old) {
      this.#old.delete(spelled);
      this.#keep(spelled, old);
      return old.slice();
    }
    const value = read(address);
    if (value && !this.#inFlight.has(spelled)) this.#keep(spelled, value.slice());
    return value;
  }

  /** Called before the first of the changes can be on disk. */
  begin(changes: readonly Change[]): void {
    for (const change of changes) {
      const spelled = spellAddress(change);
      const [young, old] = [this.#forget(spelled), this.#old.delete(spelled)];
      this.#inFlight.set(spelled, young || old);
    }
  }

  /** They are all on disk, or, with `failed`, none of them. */
  end(changes: readonly Change[], outcome: "committed" | "failed"): void {
    const inFlight = this.#inFlight;
    this.#inFlight = new Map();
    if (outcome === "failed") return;
    for (const change of changes) {
      const { value } = change;
      const spelled = spellAddress(change);
      if (value && inFlight.get(spelled)) this.#keep(spelled, value.slice());
    }
  }

  #keep(spelled: string, value: Uint8Array): void {
    if (value.length > valueBytesMax) return;
    this.#forget(spelled);
    this.#young.set(spelled, value);
    this.#youngBytes += sizeOf(spelled, value);
    if (this.#youngBytes < this.#bytesMax / 2) return;
    this.#old = this.#young;
    this.#young = new Map();
    this.#youngBytes = 0;
  }

  /** Of the young generation; whether it was there. */
  #forget(spelled: string): boolean {
    const known = this.#young.get(spelled);
    if (known) this.#youngBytes -= sizeOf(spelled, known);
    return this.#young.delete(spelled);
  }
}

function sizeOf(spelled: string, value: Uint8Array): number {
  return spelled.length + value.length + overheadBytes;
}
