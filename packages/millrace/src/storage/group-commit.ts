/**
 * Group commit: updates that arrive together become durable together.
 *
 * At most two batches exist. The open one takes the changes of updates as they are decided; the
 * one in flight is on its way to the disk. A decision looks at the open batch first, then at the
 * one in flight, then at the disk, so it always sees the newest accepted value (R3). Changes of
 * one record within a batch fold into the last. When the batch in flight is durable, the open one
 * follows; when it fails, both are given up, since the open one may build upon it (R8). Updates
 * that find the open batch full wait in a bounded queue and decide when their turn comes.
 *
 * It knows no engine: `Disk` is what it needs of one.
 */

import { BoundedQueue, WorldError } from "../base/mod.ts";
import { spellAddress } from "./identity.ts";
import type { Change, Decision, RecordAddress } from "./records.ts";

export interface Disk {
  /** The durable value, in an array of the caller's own. Throws a `WorldError`. */
  read(address: RecordAddress, spelled: string): Uint8Array | undefined;
  /**
   * Makes the changes, by their spelled addresses, durable and visible to `read`, all or none.
   * Rejects with a `WorldError`. Called with one batch at a time; nobody writes to its arrays.
   */
  commit(changes: ReadonlyMap<string, Change>): Promise<void>;
}

export interface GroupCommitLimits {
  /** Updates in one batch. */
  readonly batchUpdatesMax: number;
  /** Bytes of keys and values in one batch; one update may go beyond. */
  readonly batchBytesMax: number;
  /** Updates that may wait for the next batch. */
  readonly waitingMax: number;
}

type Values = readonly (Uint8Array | undefined)[];
type Decide<T> = (values: Values) => Decision<T>;

interface Waiter {
  durable(): void;
  failed(error: unknown): void;
}

interface Batch {
  readonly changes: Map<string, Change>;
  readonly waiters: Waiter[];
  updateCount: number;
  byteCount: number;
}

export class GroupCommit {
  readonly #disk: Disk;
  readonly #limits: GroupCommitLimits;
  readonly #waiting: BoundedQueue<() => void>;
  #open = emptyBatch();
  #inFlight: Batch | undefined;
  #committing: Promise<void> | undefined;

  constructor(disk: Disk, limits: GroupCommitLimits) {
    this.#disk = disk;
    this.#limits = limits;
    this.#waiting = new BoundedQueue(limits.waitingMax);
  }

  /** As `Records.update`; rejects with `STORAGE_OVERLOADED` when too many updates wait. */
  update<T>(reads: readonly RecordAddress[], decide: Decide<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#hasRoom() && this.#waiting.length === 0) {
        this.#decide(reads, decide, { resolve, reject });
        return;
      }
      const kept = reads.map(({ space, key }) => ({ space, key: key.slice() }));
      const queued = this.#waiting.push(() => this.#decide(kept, decide, { resolve, reject }));
      if (!queued) {
        const message = `cannot accept an update: ${this.#waiting.length} wait for the disk`;
        reject(new WorldError("STORAGE_OVERLOADED", message));
      }
    });
  }

  /** Updates that are neither durable nor refused yet, those that wait their turn included. */
  get pendingCount(): number {
    const inFlight = this.#inFlight?.waiters.length ?? 0;
    return this.#open.waiters.length + inFlight + this.#waiting.length;
  }

  /** Updates that were refused because too many waited. */
  get refusedCount(): number {
    return this.#waiting.droppedCount;
  }

  /** Answers when everything accepted so far is durable or has failed. */
  async settled(): Promise<void> {
    await this.#committing;
  }

  #decide<T>(reads: readonly RecordAddress[], decide: Decide<T>, caller: Caller<T>): void {
    const seen = new Seen(this.#open, this.#inFlight, this.#disk);
    let decision: Decision<T>;
    try {
      decision = decide(seen.readAll(reads));
      this.#accept(decision.changes, seen);
    } catch (thrown) {
      // What made it throw may be a value that is not durable yet (R5).
      waitFor(seen.newest, { durable: () => caller.reject(thrown), failed: caller.reject });
      return;
    }
    const waiter = { durable: () => caller.resolve(decision.result), failed: caller.reject };
    if (decision.changes.length === 0) {
      waitFor(seen.newest, waiter);
      return;
    }
    this.#open.waiters.push(waiter);
    this.#committing ??= this.#commitAll();
  }

  /** All of the changes; none when one has a key that is too long. */
  #accept(changes: readonly Change[], seen: Seen): void {
    if (changes.length === 0) return;
    const open = this.#open;
    const spelled = changes.map((change) => seen.spellingOf(change));
    for (let at = 0; at < changes.length; at += 1) {
      const { space, key, value } = changes[at]!;
      open.byteCount += key.length + (value?.length ?? 0);
      open.changes.set(spelled[at]!, { space, key: key.slice(), value: value?.slice() });
    }
    open.updateCount += 1;
  }

  async #commitAll(): Promise<void> {
    await Promise.resolve(); // updates of one burst travel together, the first does not go alone
    while (this.#open.waiters.length > 0) await this.#commitOpen();
    this.#committing = undefined;
  }

  async #commitOpen(): Promise<void> {
    const batch = this.#open;
    this.#inFlight = batch;
    this.#open = emptyBatch();
    const committed = this.#disk.commit(batch.changes);
    this.#admitWaiting();
    try {
      await committed;
    } catch (error) {
      this.#giveUp(batch, error);
      return;
    }
    this.#inFlight = undefined;
    for (const waiter of batch.waiters) waiter.durable();
    this.#admitWaiting();
  }

  #giveUp(batch: Batch, error: unknown): void {
    const dependent = this.#open;
    this.#inFlight = undefined;
    this.#open = emptyBatch();
    for (const waiter of batch.waiters) waiter.failed(error);
    for (const waiter of dependent.waiters) waiter.failed(error);
    this.#admitWaiting();
  }

  #admitWaiting(): void {
    while (this.#hasRoom()) {
      const decideNow = this.#waiting.shift();
      if (!decideNow) return;
      decideNow();
    }
  }

  #hasRoom(): boolean {
    const { updateCount, byteCount } = this.#open;
    return updateCount < this.#limits.batchUpdatesMax && byteCount < this.#limits.batchBytesMax;
  }
}

interface Caller<T> {
  readonly resolve: (result: T) => void;
  readonly reject: (error: unknown) => void;
}

/** What one decision looks at, and the newest batch it has seen something of. */
class Seen {
  readonly #open: Batch;
  readonly #inFlight: Batch | undefined;
  readonly #disk: Disk;
  newest: Batch | undefined;
  /** The first that was read, spelled; in most updates it is the one that changes. */
  #first: { readonly address: RecordAddress; readonly spelled: string } | undefined;

  constructor(open: Batch, inFlight: Batch | undefined, disk: Disk) {
    this.#open = open;
    this.#inFlight = inFlight;
    this.#disk = disk;
  }

  readAll(addresses: readonly RecordAddress[]): Values {
    return addresses.map((address) => this.#read(address));
  }

  /** Of a change that the decision on what was read comes to. */
  spellingOf(change: RecordAddress): string {
    const first = this.#first;
    const isSame = first?.address.key === change.key && first.address.space === change.space;
    return isSame ? first.spelled : spellAddress(change);
  }

  #read(address: RecordAddress): Uint8Array | undefined {
    const spelled = spellAddress(address);
    this.#first ??= { address, spelled };
    const fromOpen = this.#open.changes.get(spelled);
    if (fromOpen) {
      this.newest = this.#open;
      return fromOpen.value?.slice();
    }
    const fromInFlight = this.#inFlight?.changes.get(spelled);
    if (fromInFlight) {
      this.newest ??= this.#inFlight;
      return fromInFlight.value?.slice();
    }
    return this.#disk.read(address, spelled);
  }
}

function waitFor(batch: Batch | undefined, waiter: Waiter): void {
  if (batch) batch.waiters.push(waiter);
  else waiter.durable();
}

function emptyBatch(): Batch {
  return { changes: new Map(), waiters: [], updateCount: 0, byteCount: 0 };
}
