/**
 * A lane of a shard: records wait in order, and one batch of them after the other is called.
 *
 * A batch that fails holds up its lane until it is done or given up, so that changes of one item
 * are never overtaken. What `stop` finds unfinished stays so, and is read again by whoever goes on.
 */

import { type Clock, type Timer, utf8 } from "../base/mod.ts";
import { type Batch, countOfBatch, type Held, newBatch, nextStep, payloadOf } from "./batch.ts";
import type { Discards } from "./discards.ts";
import { triggerLimits } from "./limits.ts";
import type { TriggerSettings } from "./mapping.ts";
import type { Pauses } from "./pauses.ts";
import type { TriggerPorts } from "./ports.ts";
import type { Progress } from "./progress.ts";
import type { TimeWindows } from "./time-window.ts";
import { judge, type Verdict } from "./verdict.ts";
import type { Watch } from "./watch.ts";

export interface LaneOptions {
  readonly settings: TriggerSettings;
  readonly ports: Pick<TriggerPorts, "call" | "payloadBytesMax">;
  readonly clock: Clock;
  readonly pauses: Pauses;
  readonly progress: Progress;
  readonly watch: Watch;
  readonly discards: Discards;
  /** Absent: calls share no state. */
  readonly windows: TimeWindows | undefined;
  /** How long after its end a window is waited for. */
  readonly windowGraceMs: number;
  /** Called whenever records of so many bytes are finished: there is room for more. */
  readonly onFinished: (bytes: number) => void;
}

export class Lane {
  readonly #options: LaneOptions;
  #queue: Held[] = [];
  #queuedBytes = 0;
  /** Parts of a batch that failed, and go before everything else. */
  #again: Batch[] = [];
  #working: Promise<void> | undefined;
  /** While a batch gathers. */
  #gathering: Timer | undefined;
  #isGathered = false;
  /** Until the open window is over by the clock. */
  #windowEnd: Timer | undefined;
  /** There are no more records for now, or at all. */
  #isAtEnd = false;
  #isShardOver = false;
  #stopped = false;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  /** Begins nothing yet: what was read together goes into one batch. */
  push(held: Held): void {
    this.#queue.push(held);
    this.#queuedBytes += held.record.bytes;
  }

  /** Takes up what is there, unless it does so already. */
  work(): void {
    if (this.#working || this.#stopped || !this.#hasWork()) return;
    this.#working = this.#work().finally(() => {
      this.#working = undefined;
      this.work(); // something may have come since it looked last
    });
  }

  /** Begins no more calls; answers when the one that runs has ended. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#gathering?.cancel();
    this.#windowEnd?.cancel();
    while (this.#working) await this.#working;
  }

  /** Whether all records that there are for now have been read; a window may then end. */
  setAtEnd(isAtEnd: boolean): void {
    this.#isAtEnd = isAtEnd;
  }

  /** No record will come any more; answers when the window that is open has had its last call. */
  async endWindow(): Promise<void> {
    this.#isShardOver = true;
    this.work();
    while (this.#working) await this.#working;
  }

  async #work(): Promise<void> {
    while (!this.#stopped) {
      const batch = this.#again.shift() ?? this.#take();
      if (!batch) return;
      await this.#call(batch);
    }
  }

  #hasWork(): boolean {
    return this.#again.length > 0 || this.#isDue();
  }

  #take(): Batch | undefined {
    if (!this.#isDue()) return undefined;
    const { settings, ports, windows } = this.#options;
    if (this.#isWindowOver()) return { ...newBatch([]), isFinal: true };
    windows?.enter(this.#queue[0]!);
    const frameBytes = windows ? utf8(windows.frame(false)).length : 0;
    const bounds = { countMax: settings.batchSize, bytesMax: ports.payloadBytesMax - frameBytes };
    const count = countOfBatch(this.#queue, bounds);
    const taken = this.#queue.splice(0, Math.min(count, this.#countOfWindow()));
    this.#queuedBytes -= bytesOf(taken);
    this.#gathering?.cancel();
    this.#gathering = undefined;
    this.#isGathered = false;
    return newBatch(taken);
  }

  /** Whether a batch is full, or its window over; begins a window where one is wanted. */
  #isDue(): boolean {
    if (this.#isWindowOver()) return true;
    if (this.#queue.length === 0) return false;
    const { settings, ports } = this.#options;
    const { batchingWindowSeconds: seconds, batchSize } = settings;
    if (seconds === 0 || this.#isGathered || this.#queue.length >= batchSize) return true;
    if (this.#queuedBytes >= ports.payloadBytesMax) return true;
    if (this.#countOfWindow() < this.#queue.length) return true; // no more will come for it
    this.#gathering ??= this.#options.clock.after(seconds * 1000, () => {
      this.#isGathered = true;
      this.work();
    });
    return false;
  }

  #countOfWindow(): number {
    return this.#options.windows?.countOf(this.#queue) ?? this.#queue.length;
  }

  /** By the next record, by its state, or by the clock, for which a timer is set. */
  #isWindowOver(): boolean {
    const { windows, clock, windowGraceMs } = this.#options;
    const open = windows?.open;
    if (!windows || !open) return false;
    if (windows.isOverBefore(this.#queue[0])) return true;
    if (this.#queue.length > 0) return false;
    if (this.#isShardOver) return true;
    if (!this.#isAtEnd) return false;
    const leftMs = open.endMs + windowGraceMs - clock.now();
    if (leftMs <= 0) return true;
    this.#windowEnd ??= clock.after(leftMs, () => {
      this.#windowEnd = undefined;
      this.work();
    });
    return false;
  }

  async #call(given: Batch): Promise<void> {
    const batch = await this.#withoutOld(given);
    if (!batch) return;
    const { settings, ports, watch, windows, progress } = this.#options;
    const { functionName, qualifier } = settings;
    const payload = payloadOf(batch.held, windows?.frame(batch.isFinal === true));
    const result = await ports.call({ functionName, qualifier, payload });
    const records = batch.held.map(({ record }) => record);
    const judged = judge(result, records, settings.reportsItemFailures);
    const verdict = windows?.judge(result, judged) ?? judged;
    progress.setWindow(windows?.open);
    watch.called(verdict, records.length);
    if (verdict.kind === "failed") await this.#fail(batch, verdict);
    else if (batch.isFinal) this.#closeWindow();
    else this.#finish(batch.held);
  }

  #closeWindow(): void {
    this.#windowEnd?.cancel();
    this.#windowEnd = undefined;
    this.#options.windows?.close();
    this.#options.progress.closeWindow();
  }

  async #fail(batch: Batch, verdict: Extract<Verdict, { kind: "failed" }>): Promise<void> {
    const { settings, watch, pauses, discards } = this.#options;
    const { from, answer } = verdict;
    this.#finish(batch.held.slice(0, from));
    if (this.#stopped) return; // whoever goes on tries the rest
    const step = nextStep(batch, { from, counts: answer !== undefined }, settings);
    if (step.kind === "discard" && batch.isFinal) {
      watch.failed(batch, verdict, "the window's state is given up");
      this.#closeWindow();
    } else if (step.kind === "discard") {
      watch.failed(batch, verdict, "given up");
      const isKept = await discards.keep(step.batch, "RetryAttemptsExhausted", answer);
      if (isKept) this.#finish(step.batch.held);
    } else if (step.kind === "split") {
      const next = step.batches.length > 1 ? "tried again in two halves" : "the rest tried again";
      watch.failed(batch, verdict, next);
      this.#again.unshift(...step.batches);
    } else {
      const pauseMs = pauses.lengthMs(step.batch.pauseCount);
      watch.failed(batch, verdict, `tried again in ${(pauseMs / 1000).toFixed(1)} s`);
      this.#again.unshift(step.batch);
      await pauses.pause(pauseMs);
    }
  }

  /** Records that have grown too old are given up before they are called; they come first. */
  async #withoutOld(batch: Batch): Promise<Batch | undefined> {
    const { clock, settings, discards, watch } = this.#options;
    const { recordAgeSecondsMax: seconds } = settings;
    if (batch.isFinal) return batch;
    const ageMs = seconds < 0 ? triggerLimits.streamAgeMs : seconds * 1000;
    const oldestMs = clock.now() - ageMs;
    const young = batch.held.findIndex(({ record }) => record.createdMs >= oldestMs);
    if (young === 0) return batch;
    const count = young < 0 ? batch.held.length : young;
    const old = { ...batch, held: batch.held.slice(0, count) };
    watch.tooOld(old);
    if (!(await discards.keep(old, "RecordAgeExceeded", undefined))) return undefined;
    this.#finish(old.held);
    return young < 0 ? undefined : { ...batch, held: batch.held.slice(count) };
  }

  #finish(held: readonly Held[]): void {
    if (held.length === 0) return;
    this.#options.progress.finish(held.map(({ place }) => place));
    this.#options.onFinished(bytesOf(held));
  }
}

function bytesOf(held: readonly Held[]): number {
  return held.reduce((sum, { record }) => sum + record.bytes, 0);
}
