/** What a trigger does, as its user sees it: figures, log lines, and the result told last. */

import { type Logger, shortened } from "../base/mod.ts";
import type { Batch } from "./batch.ts";
import type { TriggerFigures } from "./figures.ts";
import type { Mapping } from "./mapping.ts";
import type { Verdict } from "./verdict.ts";

export const results = {
  none: "No records processed",
  ok: "OK",
  failed: "PROBLEM: Function call failed",
  notRun: "PROBLEM: Function could not be called",
  denied: "PROBLEM: Function's role may not read the stream",
  gone: "PROBLEM: Stream not found",
  unreadable: "PROBLEM: Stream could not be read",
} as const;

const reasonCharactersMax = 300;

export interface WatchOptions {
  readonly mapping: Pick<Mapping, "id" | "functionName" | "qualifier">;
  readonly shardId: string;
  readonly logger: Logger;
  readonly figures: TriggerFigures;
  /** Hears how processing went, in the words of the API. */
  readonly onResult: (result: string) => void;
}

export class Watch {
  readonly #options: WatchOptions;

  constructor(options: WatchOptions) {
    this.#options = options;
  }

  called(verdict: Verdict, recordCount: number): void {
    const { figures, onResult } = this.#options;
    const doneCount = verdict.kind === "done" ? recordCount : verdict.from;
    figures.recordsDone += doneCount;
    if (verdict.kind === "done") figures.callsDone += 1;
    else if (verdict.answer) figures.callsFailed += 1;
    else figures.callsNotRun += 1;
    if (verdict.kind === "done") onResult(results.ok);
    else onResult(verdict.answer ? results.failed : results.notRun);
  }

  filtered(): void {
    this.#options.figures.recordsFiltered += 1;
  }

  /** `next`: what becomes of the records that are not done. */
  failed(batch: Batch, verdict: Extract<Verdict, { kind: "failed" }>, next: string): void {
    const { held, failureCount } = batch;
    const rest = { ...batch, held: held.slice(verdict.from) };
    const reason = shortened(verdict.reason, reasonCharactersMax);
    const attempt = failureCount + 1;
    this.#options.logger.warn("batch of a trigger failed", {
      ...this.#fieldsOf(rest),
      ...(verdict.answer && { attempt }),
      reason,
      next,
    });
  }

  tooOld(batch: Batch): void {
    const fields = { ...this.#fieldsOf(batch), next: "given up" };
    this.#options.logger.warn("records of a trigger are too old", fields);
  }

  /** The records are given up for good. */
  given(batch: Batch): true {
    this.#options.figures.recordsGivenUp += batch.held.length;
    return true;
  }

  /** The bucket that should be told of records that were given up cannot be. */
  notKept(batch: Batch, reason: string, next: string): void {
    const fields = { ...this.#fieldsOf(batch), reason, next };
    this.#options.logger.error("records that were given up are not kept", fields);
  }

  /** What follows the position may have been forgotten before it was read. */
  trimmed(): void {
    const fields = { ...this.#fields(), next: "goes on with the oldest record that is there" };
    this.#options.logger.error("the stream has forgotten where a trigger was", fields);
  }

  /** So many records were forgotten before they were read. */
  forgotten(count: number): void {
    this.#options.figures.recordsForgotten += count;
    const fields = { ...this.#fields(), records: count, next: "goes on behind them" };
    this.#options.logger.error("the stream has forgotten records of a trigger", fields);
  }

  gone(): void {
    this.#options.onResult(results.gone);
    this.#options.logger.error("the stream of a trigger is gone", this.#fields());
  }

  unreadable(reason: string, pauseMs: number): void {
    this.#options.onResult(results.unreadable);
    const next = `tried again in ${(pauseMs / 1000).toFixed(1)} s`;
    const fields = { ...this.#fields(), reason, next };
    this.#options.logger.warn("the stream of a trigger cannot be read", fields);
  }

  /** After it could not be read. */
  readable(): void {
    this.#options.onResult(results.ok);
    this.#options.logger.info("the stream of a trigger is read again", this.#fields());
  }

  #fields() {
    const { mapping, shardId } = this.#options;
    const { id, functionName, qualifier } = mapping;
    const name = qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
    return { trigger: id, function: name, shard: shardId };
  }

  #fieldsOf({ held }: Batch) {
    const [first, last] = [held[0]?.record.sequence, held.at(-1)?.record.sequence];
    return { ...this.#fields(), records: held.length, first, last };
  }
}
