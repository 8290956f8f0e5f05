/**
 * From events to blocks on disk.
 *
 * Events wait in one batch. Lines that nobody waits for go out `flushMs` after the first of them;
 * an event that somebody waits for takes the whole batch along at once. One batch is on its way at
 * a time, so that what comes meanwhile travels together. What waits is bounded in bytes; what does
 * not fit, and what the disk refuses, is counted.
 */

import { type Clock, errorText, type Logger, type Timer, WorldError } from "../base/mod.ts";
import type { Change, Records } from "../storage/mod.ts";
import { blockChange, bytesOf, cutIntoBlocks, type NewEvent } from "./block.ts";
import type { LogEvent } from "./event.ts";
import { type Group, groupChange, putStream, type Stream, streamChange } from "./group.ts";
import { eventOverheadBytes, flushMs, pendingBytesMax } from "./limits.ts";

export interface WriterOptions {
  readonly records: Records;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Some events have come to the disk. */
  readonly onWritten: () => void;
}

interface Batch {
  readonly events: Map<Group, NewEvent[]>;
  readonly written: PromiseWithResolvers<void>;
  isAwaited: boolean;
}

export class LogWriter {
  readonly #options: WriterOptions;
  #open = newBatch();
  #pendingBytes = 0;
  #timer: Timer | undefined;
  #writing: Promise<void> | undefined;
  /** What is on its way to the disk. */
  #inHand: Batch | undefined;
  /** Events that found no room, or that the disk did not take. */
  readonly dropped = { full: 0, failed: 0 };

  constructor(options: WriterOptions) {
    this.#options = options;
  }

  /** Events of which nobody can say yet in which block they will lie. */
  get placeless(): ReadonlyMap<Group, readonly NewEvent[]> {
    return this.#open.events;
  }

  get pendingBytes(): number {
    return this.#pendingBytes;
  }

  /**
   * Takes an event that nobody waits for. False, and counted: there is no room. A unit of its text
   * counts as a byte: to look at each would cost more than all else here.
   */
  add(group: Group, stream: Stream, event: LogEvent): boolean {
    const bytes = event.message.length + eventOverheadBytes;
    if (this.#pendingBytes + bytes > pendingBytesMax) {
      this.dropped.full += 1;
      return false;
    }
    this.#push(group, stream, event, bytes);
    if (!this.#writing) this.#timer ??= this.#options.clock.after(flushMs, () => this.#begin());
    return true;
  }

  /** Answers when the events are durable; rejects with a `WorldError`. Throws one for no room. */
  put(group: Group, stream: Stream, events: readonly LogEvent[]): Promise<void> {
    const sizes = events.map(({ message }) => bytesOf(message));
    const bytes = sizes.reduce((sum, size) => sum + size, 0);
    if (this.#pendingBytes + bytes > pendingBytesMax) {
      const message = `cannot take ${events.length} events: too many wait for the disk`;
      throw new WorldError("LOGS_OVERLOADED", message);
    }
    for (const [at, event] of events.entries()) this.#push(group, stream, event, sizes[at]!);
    return this.#awaited(this.#open);
  }

  /** Answers when everything taken so far is durable, or lost and counted. */
  async flush(): Promise<void> {
    const open = this.#open;
    if (open.events.size > 0)
      await this.#awaited(open).catch(() => {}); // told where it failed
    else await this.#inHand?.written.promise.catch(() => {});
  }

  #awaited(batch: Batch): Promise<void> {
    batch.isAwaited = true;
    if (!this.#writing) this.#begin();
    return batch.written.promise;
  }

  #push(group: Group, stream: Stream, event: LogEvent, bytes: number): void {
    this.#pendingBytes += bytes;
    const { timestampMs, message, requestId } = event;
    const added = { timestampMs, message, requestId, bytes, stream };
    const known = this.#open.events.get(group);
    if (known) known.push(added);
    else this.#open.events.set(group, [added]);
  }

  #begin(): void {
    this.#timer?.cancel();
    this.#timer = undefined;
    this.#writing ??= this.#writeAll();
  }

  async #writeAll(): Promise<void> {
    await Promise.resolve(); // what comes in one burst travels together
    do {
      const batch = this.#open;
      this.#open = newBatch();
      this.#inHand = batch;
      await this.#write(batch);
      this.#inHand = undefined;
    } while (this.#open.isAwaited);
    this.#writing = undefined;
    if (this.#open.events.size === 0) return;
    this.#timer ??= this.#options.clock.after(flushMs, () => this.#begin());
  }

  async #write(batch: Batch): Promise<void> {
    const { records, clock, logger } = this.#options;
    const nowMs = clock.now();
    const written = Array.from(batch.events, ([group, events]) => {
      return { group, ...changesOf(group, events, nowMs) };
    });
    const changes = written.flatMap((one) => one.changes);
    try {
      await records.update([], () => ({ changes, result: undefined }));
      batch.written.resolve();
      this.#options.onWritten();
    } catch (thrown) {
      for (const events of batch.events.values()) this.dropped.failed += events.length;
      for (const { group, bytes } of written) group.record.storedBytes -= bytes;
      logger.error("log events lost", { reason: errorText(thrown) });
      batch.written.reject(thrown);
    } finally {
      for (const events of batch.events.values()) {
        for (const { bytes } of events) this.#pendingBytes -= bytes;
      }
    }
  }
}

/** Blocks, with the streams and the group as they are then; what is deleted by now is left out. */
function changesOf(group: Group, events: readonly NewEvent[], nowMs: number) {
  const { record, number } = group;
  const kept = record.isDeleted ? [] : events.filter(({ stream }) => !stream.isDeleted);
  if (kept.length === 0) return { changes: [], bytes: 0 };
  let bytes = 0;
  const changes: Change[] = cutIntoBlocks(kept).map((block) => {
    const change = blockChange({ group: number, block: record.nextBlock }, block, nowMs);
    record.nextBlock += 1;
    bytes += change.value.length;
    return change;
  });
  record.storedBytes += bytes;
  for (const { stream, timestampMs } of kept) {
    const of = stream.record;
    of.firstEventMs = Math.min(of.firstEventMs ?? timestampMs, timestampMs);
    of.lastEventMs = Math.max(of.lastEventMs ?? timestampMs, timestampMs);
    of.lastIngestionMs = nowMs;
  }
  for (const stream of new Set(kept.map((event) => event.stream))) {
    if (!group.streamsByNumber.has(stream.number)) putStream(group, stream); // forgotten since
    changes.push(streamChange(group, stream));
  }
  changes.push(groupChange(group));
  return { changes, bytes };
}

function newBatch(): Batch {
  const written = Promise.withResolvers<void>();
  written.promise.catch(() => {}); // whoever waits hears of it; nobody may wait
  return { events: new Map(), written, isAwaited: false };
}
