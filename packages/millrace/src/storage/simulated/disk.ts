/**
 * A disk with one file, made of memory, whose power can be cut at any moment.
 *
 * A write is in the file at once and lasts only when a later `sync` has answered. `kill` cuts the
 * power: operations that are under way never answer, what was synced stays, and of the rest chance
 * decides, as with a real disk: all of it may be there, a beginning that ends within a write, or
 * some sectors and not others, a later one without an earlier one included.
 *
 * Left out: a synced byte that changes by itself; `damage` is for tests that want one.
 */

import { assert, type Clock, noBytes, type Random, WorldError } from "../../base/mod.ts";

export type DiskOperation = "read" | "write" | "sync";

export interface SimulatedDiskOptions {
  /** The file's, for messages. */
  readonly name: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly durationMs: (operation: DiskOperation) => number;
  /** The disk is full beyond it. Absent: no bound. */
  readonly bytesMax?: number;
}

/** The file, as one process sees it until the power is cut. */
export interface DiskFile {
  readonly name: string;
  read(): Promise<Uint8Array>;
  /** Each of these rejects with a `WorldError` when the disk fails. */
  write(at: number, bytes: Uint8Array): Promise<void>;
  truncate(length: number): Promise<void>;
  sync(): Promise<void>;
}

type Edit =
  | { readonly kind: "write"; readonly at: number; readonly bytes: Uint8Array }
  | { readonly kind: "truncate"; readonly length: number };

const sectorBytes = 64; // smaller than any real one, so that small writes are torn too

export class SimulatedDisk {
  readonly #options: SimulatedDiskOptions;
  readonly #synced = new Contents();
  #unsynced: Edit[] = [];
  #syncedEditCount = 0;
  #powerCycle = 0;
  #failuresDue = 0;

  constructor(options: SimulatedDiskOptions) {
    this.#options = options;
  }

  /** For the process that starts now; what an earlier one still asks for is never answered. */
  open(): DiskFile {
    this.#powerCycle += 1;
    const powerCycle = this.#powerCycle;
    const run = <T>(operation: DiskOperation, begin: (fails: boolean) => () => T) =>
      this.#run({ powerCycle, operation, begin });
    return {
      name: this.#options.name,
      read: () => run("read", () => () => this.#read()),
      write: (at, bytes) => run("write", (fails) => this.#write(at, bytes, fails)),
      truncate: (length) => run("write", (fails) => this.#truncate(length, fails)),
      sync: () => run("sync", (fails) => this.#sync(fails)),
    };
  }

  /** Cuts the power. */
  kill(): void {
    this.#powerCycle += 1;
    for (const edit of survivors(this.#unsynced, this.#options.random)) this.#synced.apply(edit);
    this.#forgetUnsynced(this.#unsynced.length);
  }

  /** The next `count` writes and syncs fail; a write that fails may have begun. */
  failNext(count: number): void {
    this.#failuresDue = count;
  }

  /** Changes one byte of what was synced, as no disk should. */
  damage(at: number): void {
    const before = this.#synced.bytes()[at];
    assert(before !== undefined, `there is no byte ${at} of ${this.#synced.length}`);
    this.#synced.apply({ kind: "write", at, bytes: Uint8Array.of(before ^ 0xff) });
  }

  get syncedByteCount(): number {
    return this.#synced.length;
  }

  /** `begin` says what happens when the time is over; it may throw, at once or then. */
  #run<T>(asked: {
    readonly powerCycle: number;
    readonly operation: DiskOperation;
    readonly begin: (fails: boolean) => () => T;
  }): Promise<T> {
    const { powerCycle, operation, begin } = asked;
    return new Promise((resolve, reject) => {
      if (powerCycle !== this.#powerCycle) return;
      const end = begin(operation !== "read" && this.#takeFailure());
      this.#options.clock.after(this.#options.durationMs(operation), () => {
        if (powerCycle !== this.#powerCycle) return;
        try {
          resolve(end());
        } catch (failure) {
          reject(failure);
        }
      });
    });
  }

  #takeFailure(): boolean {
    if (this.#failuresDue === 0) return false;
    this.#failuresDue -= 1;
    return true;
  }

  #write(at: number, bytes: Uint8Array, fails: boolean): () => void {
    const { bytesMax = Number.POSITIVE_INFINITY, random } = this.#options;
    if (at + bytes.length > bytesMax) return () => this.#fail("DISK_FULL", "it is full");
    const written = fails ? Math.floor(random.fraction() * bytes.length) : bytes.length;
    this.#unsynced.push({ kind: "write", at, bytes: bytes.slice(0, written) });
    return fails ? () => this.#fail("DISK_IO", "it does not answer") : () => {};
  }

  #truncate(length: number, fails: boolean): () => void {
    if (fails) return () => this.#fail("DISK_IO", "it does not answer");
    this.#unsynced.push({ kind: "truncate", length });
    return () => {};
  }

  #sync(fails: boolean): () => void {
    if (fails) return () => this.#fail("DISK_IO", "it does not answer");
    const coveredEditCount = this.#syncedEditCount + this.#unsynced.length;
    return () => {
      const count = coveredEditCount - this.#syncedEditCount;
      for (const edit of this.#unsynced.slice(0, count)) this.#synced.apply(edit);
      this.#forgetUnsynced(count);
    };
  }

  #forgetUnsynced(count: number): void {
    this.#unsynced.splice(0, count);
    this.#syncedEditCount += count;
  }

  #read(): Uint8Array {
    const contents = new Contents(this.#synced.bytes());
    for (const edit of this.#unsynced) contents.apply(edit);
    return contents.bytes();
  }

  #fail(code: string, why: string): never {
    throw new WorldError(code, `the disk of "${this.#options.name}" failed: ${why}`);
  }
}

/** What the disk has of the edits when the power is cut. */
function survivors(edits: readonly Edit[], random: Random): Edit[] {
  const pieces = edits.flatMap(sectorsOf);
  const fate = random.fraction();
  if (fate < 0.25) return pieces;
  if (fate < 0.5) return pieces.filter(() => random.fraction() < 0.5);
  const count = Math.floor(random.fraction() * (pieces.length + 1));
  const torn = pieces[count];
  const whole = pieces.slice(0, count);
  if (torn?.kind !== "write") return whole;
  const length = Math.floor(random.fraction() * torn.bytes.length);
  return [...whole, { ...torn, bytes: torn.bytes.subarray(0, length) }];
}

function sectorsOf(edit: Edit): Edit[] {
  if (edit.kind === "truncate") return [edit];
  const sectors: Edit[] = [];
  let from = 0;
  while (from < edit.bytes.length) {
    const at = edit.at + from;
    const length = sectorBytes - (at % sectorBytes);
    sectors.push({ kind: "write", at, bytes: edit.bytes.subarray(from, from + length) });
    from += length;
  }
  return sectors;
}

/** Bytes that grow; a write behind the end leaves zeros before it. */
class Contents {
  #bytes: Uint8Array;
  #length: number;

  constructor(bytes: Uint8Array = noBytes) {
    this.#bytes = bytes;
    this.#length = bytes.length;
  }

  get length(): number {
    return this.#length;
  }

  /** A copy. */
  bytes(): Uint8Array {
    return this.#bytes.slice(0, this.#length);
  }

  apply(edit: Edit): void {
    if (edit.kind === "truncate") {
      this.#bytes.fill(0, edit.length, this.#length);
      this.#length = Math.min(this.#length, edit.length);
      return;
    }
    const end = edit.at + edit.bytes.length;
    if (end > this.#bytes.length) {
      const larger = new Uint8Array(Math.max(2 * this.#bytes.length, end));
      larger.set(this.#bytes.subarray(0, this.#length));
      this.#bytes = larger;
    }
    this.#bytes.set(edit.bytes, edit.at);
    this.#length = Math.max(this.#length, end);
  }
}
