/**
 * One trigger as it lives: what it is set to, the state it is in, and the work it does.
 *
 * A change of its settings ends the work and begins it anew from the kept positions: so it counts
 * at once, also for a batch that fails again and again. Until then the state says what goes on.
 */

import { type Clock, errorText, type Logger, type Random, WorldError } from "../base/mod.ts";
import type { TriggerFigures } from "./figures.ts";
import { compileFilters } from "./filter.ts";
import type { HeldBytes } from "./held-bytes.ts";
import { type Mapping, type MappingState, tableOfStream } from "./mapping.ts";
import { Pauses } from "./pauses.ts";
import type { TriggerPorts } from "./ports.ts";
import type { Position } from "./progress.ts";
import type { TriggerStore } from "./store.ts";
import { StreamWorker } from "./stream-worker.ts";
import { results } from "./watch.ts";

export interface TriggerSurroundings {
  readonly store: TriggerStore;
  readonly ports: TriggerPorts;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly figures: TriggerFigures;
  readonly held: HeldBytes;
}

/** By shard. */
export type Iterators = ReadonlyMap<string, string>;

export class Trigger {
  readonly #surroundings: TriggerSurroundings;
  readonly #pauses: Pauses;
  /** Whose stream it reads, which never changes. */
  readonly tableName: string | undefined;
  #mapping: Mapping;
  #state: MappingState;
  #result: string = results.none;
  #worker: StreamWorker | undefined;
  #turn: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(mapping: Mapping, surroundings: TriggerSurroundings) {
    this.#mapping = mapping;
    this.#surroundings = surroundings;
    this.#pauses = new Pauses(surroundings);
    this.tableName = tableOfStream(mapping.streamArn);
    this.#state = mapping.isEnabled ? "Enabling" : "Disabled";
  }

  get mapping(): Mapping {
    return this.#mapping;
  }

  get state(): MappingState {
    return this.#state;
  }

  /** How processing went last, in the words of the API. */
  get result(): string {
    return this.#result;
  }

  get oldestMs(): number | undefined {
    return this.#worker?.oldestMs;
  }

  wake(): void {
    this.#worker?.wake();
  }

  /** Shows the state while a change is made durable; `apply`, `remove` or `release` follows. */
  hold(state: MappingState): void {
    this.#state = state;
  }

  /** The change has not been made. */
  release(): void {
    this.#state = this.#mapping.isEnabled ? "Enabled" : "Disabled";
  }

  /** Is set to this from now on, and in `state` until that is so. */
  apply(mapping: Mapping, state: MappingState, iterators: Iterators = new Map()): void {
    this.#mapping = mapping;
    this.#state = state;
    this.#inTurn(async () => {
      await this.#stop();
      if (mapping.isEnabled) await this.#start(mapping, iterators);
      this.#state = mapping.isEnabled ? "Enabled" : "Disabled";
    });
  }

  /** Ends the work and calls back once no trace of it is left. */
  remove(onGone: () => void): void {
    this.#state = "Deleting";
    this.#inTurn(async () => {
      await this.#stop();
      onGone();
      // A call that was under way may have kept a position after the trigger was forgotten.
      await this.#surroundings.store.remove(this.#mapping.id);
    });
  }

  /** Begins no more calls; answers when the last has ended. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#pauses.end();
    await this.#stop();
    await this.#turn;
    await this.#stop();
  }

  #inTurn(work: () => Promise<void>): void {
    const { logger } = this.#surroundings;
    this.#turn = this.#turn.then(work).catch((thrown) => {
      if (!(thrown instanceof WorldError)) throw thrown;
      const fields = { trigger: this.#mapping.id, reason: errorText(thrown) };
      logger.error("trigger not changed", fields);
    });
  }

  async #start(mapping: Mapping, iterators: Iterators): Promise<void> {
    const compiled = compileFilters(mapping.filters);
    const positions = await this.#positions();
    if (!positions || this.#closed || !compiled.ok) return; // what is kept has been checked
    const worker = new StreamWorker({
      ...this.#surroundings,
      mapping,
      filter: compiled.filter,
      positions,
      iterators,
      onResult: (result) => {
        this.#result = result;
      },
    });
    this.#worker = worker;
    await worker.start();
  }

  /** As often as it takes; `undefined` when all ends before. */
  async #positions(): Promise<Map<string, Position> | undefined> {
    const { store, logger } = this.#surroundings;
    const { id } = this.#mapping;
    for (let tries = 1; !this.#closed; tries += 1) {
      try {
        return await store.positionsOf(id);
      } catch (thrown) {
        if (!(thrown instanceof WorldError)) throw thrown;
        const pauseMs = this.#pauses.lengthMs(tries);
        const next = `tried again in ${(pauseMs / 1000).toFixed(1)} s`;
        const fields = { trigger: id, reason: errorText(thrown), next };
        logger.error("the place of a trigger in its stream cannot be read", fields);
        await this.#pauses.pause(pauseMs);
      }
    }
    return undefined;
  }

  async #stop(): Promise<void> {
    const worker = this.#worker;
    await worker?.stop();
    if (this.#worker === worker) this.#worker = undefined;
  }
}
