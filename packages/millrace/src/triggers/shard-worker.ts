/**
 * Reads one shard of a stream, from where it was left, and leads its records into lanes.
 *
 * Reading goes on ahead of the lanes, as far as memory may: a lane then finds what has come
 * meanwhile in one batch. At the end of what there is it waits to be woken, or where nobody wakes
 * it for a quarter of a second. Iterators are good for minutes only and are renewed from the
 * position.
 */

import { type Clock, errorText, type Logger, type Random, WorldError } from "../base/mod.ts";
import { Discards } from "./discards.ts";
import type { TriggerFigures } from "./figures.ts";
import type { Filter } from "./filter.ts";
import type { HeldBytes } from "./held-bytes.ts";
import { Lane } from "./lane.ts";
import { laneOf } from "./lane-of.ts";
import { triggerLimits } from "./limits.ts";
import type { Mapping } from "./mapping.ts";
import { Pauses } from "./pauses.ts";
import type { Place, ReadOutcome, StreamRecord, TriggerPorts } from "./ports.ts";
import { type Position, Progress } from "./progress.ts";
import { TimeWindows } from "./time-window.ts";
import { Watch } from "./watch.ts";

export interface ShardWorkerOptions {
  readonly mapping: Mapping;
  readonly filter: Filter | undefined;
  readonly shardId: string;
  readonly from: Position;
  /** For a shard whose older records do not count: behind them, as of its making. */
  readonly iterator: string | undefined;
  readonly ports: TriggerPorts;
  readonly keep: (position: Position) => Promise<void>;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly figures: TriggerFigures;
  readonly held: HeldBytes;
  readonly onResult: (result: string) => void;
}

/** `over`: its end was reached; `gone`: it, or its stream, is not there; `stopped` by `stop`. */
export type WorkerEnd = "over" | "gone" | "stopped";

export class ShardWorker {
  readonly #options: ShardWorkerOptions;
  readonly #pauses: Pauses;
  readonly #progress: Progress;
  readonly #watch: Watch;
  readonly #discards: Discards;
  readonly #lanes: readonly Lane[];
  #iterator: string | undefined;
  /** What was read last, finished or not. */
  #readTo: string | undefined;
  /** What follows that is forgotten: the oldest that is there comes next. */
  #isAnew = false;
  /** Reads or openings that failed, one after the other. */
  #failures = 0;
  /** Places that were expired or forgotten, one after the other. */
  #misses = 0;
  #pendingBytes = 0;
  #stopped = false;
  #woken = false;
  #wake: (() => void) | undefined;
  readonly #onRoom = () => this.#wake?.();
  /** How the shard ended, once it has. */
  readonly ended: Promise<WorkerEnd>;

  constructor(options: ShardWorkerOptions) {
    const { mapping, from, keep, logger } = options;
    this.#options = options;
    this.#iterator = options.iterator;
    this.#readTo = from.after;
    this.#pauses = new Pauses(options);
    this.#progress = new Progress({ from, keep, logger });
    this.#watch = new Watch(options);
    const parts = { pauses: this.#pauses, watch: this.#watch };
    this.#discards = new Discards({ ...options, ...parts });
    this.#lanes = Array.from({ length: mapping.lanes }, () => {
      return new Lane({
        ...options,
        ...parts,
        windows: this.#windows(),
        windowGraceMs: options.ports.streams.tellsOfChanges
          ? triggerLimits.windowGraceMs
          : triggerLimits.windowGraceMsPolled,
        settings: mapping,
        progress: this.#progress,
        discards: this.#discards,
        onFinished: (bytes) => {
          this.#release(bytes);
          this.#wake?.();
        },
      });
    });
    this.ended = this.#run();
  }

  /** When the oldest record was made that is not finished. */
  get oldestMs(): number | undefined {
    return this.#progress.oldestMs;
  }

  /** There may be new records. */
  wake(): void {
    this.#woken = true;
    this.#wake?.();
  }

  /** Begins no more calls; answers when the last has ended and the position is on disk. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#discards.stop();
    this.#pauses.end();
    this.#wake?.();
    await Promise.all([this.ended, ...this.#lanes.map((lane) => lane.stop())]);
    this.#options.held.forget(this.#onRoom);
    this.#release(this.#pendingBytes);
    await this.#progress.settled();
  }

  /** There is one lane then. */
  #windows(): TimeWindows | undefined {
    const { mapping, shardId, from } = this.#options;
    const { tumblingWindowSeconds: seconds, streamArn } = mapping;
    if (seconds === 0) return undefined;
    return new TimeWindows(seconds, from.window, { shardId, streamArn });
  }

  async #run(): Promise<WorkerEnd> {
    while (!this.#stopped) {
      if (!this.#hasRoom()) {
        await this.#waiting();
        continue;
      }
      try {
        const end = await this.#step();
        if (end) return end;
      } catch (thrown) {
        if (!(thrown instanceof WorldError)) throw thrown;
        await this.#fail(thrown);
      }
    }
    return "stopped";
  }

  /** The iterator may be what is refused: it is found again, where that costs nothing, at once. */
  async #fail(error: WorldError): Promise<void> {
    this.#failures += 1;
    const { firstReadTriesMax } = triggerLimits;
    const hasRead = this.#readTo !== undefined;
    if (hasRead || this.#failures >= firstReadTriesMax) this.#iterator = undefined;
    const pauseMs = this.#pauses.lengthMs(this.#failures);
    this.#watch.unreadable(errorText(error), pauseMs);
    await this.#pauses.pause(pauseMs);
  }

  /** Opens the shard or reads on in it. */
  async #step(): Promise<WorkerEnd | undefined> {
    if (this.#iterator === undefined) return this.#open();
    const { mapping, ports } = this.#options;
    this.#woken = false;
    const countMax = triggerLimits.readCountMax;
    const outcome = await ports.streams.read(mapping.streamArn, this.#iterator, countMax);
    return this.#take(outcome);
  }

  async #open(): Promise<WorkerEnd | undefined> {
    const { mapping, ports, shardId } = this.#options;
    const isOldest = this.#isAnew || this.#readTo === undefined;
    const place: Place = isOldest ? "oldest" : { after: this.#readTo! };
    const opened = await ports.streams.open(mapping.streamArn, shardId, place);
    if (opened.kind === "gone") return this.#gone();
    if (opened.kind === "open") this.#iterator = opened.iterator;
    else {
      this.#startAnew();
      this.#miss();
    }
    return undefined;
  }

  async #take(outcome: ReadOutcome): Promise<WorkerEnd | undefined> {
    if (outcome.kind === "gone") return this.#gone();
    if (outcome.kind === "trimmed") this.#startAnew();
    if (outcome.kind !== "read") return this.#miss();
    if (this.#failures > 0) this.#watch.readable();
    this.#failures = 0;
    this.#misses = 0;
    const { records, next } = outcome;
    if (this.#stopped) return undefined;
    this.#tellMissing(records[0]);
    for (const record of records) this.#lead(record);
    for (const lane of this.#lanes) {
      lane.setAtEnd(records.length === 0);
      lane.work();
    }
    this.#iterator = next;
    if (next === undefined) return this.#finishShard();
    if (records.length === 0) await this.#waitForMore();
    return undefined;
  }

  #lead(record: StreamRecord): void {
    const { filter } = this.#options;
    const { sequence, createdMs, bytes } = record;
    this.#readTo = sequence;
    const isBefore = this.#isBefore(record);
    if (isBefore || (filter && !filter(record.json))) {
      if (!isBefore) this.#watch.filtered();
      this.#progress.skip(sequence, createdMs);
      return;
    }
    const place = this.#progress.add(sequence, createdMs);
    this.#pendingBytes += bytes;
    this.#options.held.take(bytes);
    this.#lanes[laneOf(record.itemKey, this.#lanes.length)]!.push({ record, place });
  }

  /** Whether the record is older than the trigger, which wants newer ones alone. */
  #isBefore({ createdMs }: StreamRecord): boolean {
    const { from, ports } = this.#options;
    if (from.sinceMs === undefined) return false;
    const skewMs = ports.streams.tellsOfChanges ? 0 : triggerLimits.clockSkewMs;
    const secondMs = Math.floor((from.sinceMs - skewMs) / 1000) * 1000;
    return createdMs < secondMs;
  }

  /** Once, another place is looked for at once; from the second on it counts as a failure. */
  #miss(): undefined {
    this.#iterator = undefined;
    this.#misses += 1;
    if (this.#misses === 1) return;
    throw new WorldError(
      "STREAM_REFUSED",
      "the place that the stream gave is expired or forgotten",
    );
  }

  #startAnew(): void {
    if (this.#readTo !== undefined && !this.#isAnew) this.#watch.trimmed();
    this.#isAnew = true;
  }

  /** Records that should have come before this one have grown too old before they were read. */
  #tellMissing(first: StreamRecord | undefined): void {
    if (!first) return;
    this.#isAnew = false;
    if (this.#readTo === undefined || !this.#options.ports.streams.isGapless) return;
    const count = Number(BigInt(first.sequence) - BigInt(this.#readTo)) - 1;
    if (count > 0) this.#watch.forgotten(count);
  }

  async #gone(): Promise<WorkerEnd> {
    this.#watch.gone();
    return (await this.#finishLanes()) ? "gone" : "stopped";
  }

  /** What has been read is done or given up; not when all stops before that. */
  async #finishLanes(): Promise<boolean> {
    while (this.#progress.count > 0 && !this.#stopped) await this.#waiting();
    if (this.#progress.count > 0) return false;
    await Promise.all(this.#lanes.map((lane) => lane.endWindow()));
    return !this.#stopped;
  }

  async #finishShard(): Promise<WorkerEnd> {
    if (!(await this.#finishLanes())) return "stopped";
    this.#progress.end();
    await this.#progress.settled();
    return "over";
  }

  /** Every lane can then hold a batch, and one more is read, where triggers have room for it. */
  #hasRoom(): boolean {
    const { mapping, ports, held } = this.#options;
    const countMax = Math.max((mapping.lanes + 1) * mapping.batchSize, triggerLimits.unfinishedMin);
    const bytesMax = (mapping.lanes + 1) * ports.payloadBytesMax;
    if (this.#progress.count >= countMax || this.#pendingBytes >= bytesMax) return false;
    if (this.#pendingBytes === 0 || held.hasRoom) return true;
    held.whenRoom(this.#onRoom);
    return false;
  }

  #release(bytes: number): void {
    this.#pendingBytes -= bytes;
    this.#options.held.giveBack(bytes);
  }

  /** Finished records wake it as well, which is no reason to read. */
  async #waitForMore(): Promise<void> {
    const { clock, ports } = this.#options;
    let isDue = false;
    const timer = ports.streams.tellsOfChanges
      ? undefined
      : clock.after(triggerLimits.pollMs, () => {
          isDue = true;
          this.#wake?.();
        });
    while (!this.#woken && !isDue && !this.#stopped) await this.#waiting();
    timer?.cancel();
  }

  /** Until records come, finish, or all stops. */
  async #waiting(): Promise<void> {
    if (this.#stopped) return;
    await new Promise<void>((resolve) => {
      this.#wake = resolve;
    });
    this.#wake = undefined;
  }
}
