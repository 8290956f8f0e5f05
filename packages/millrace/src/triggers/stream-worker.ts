/**
 * Works off a stream for one trigger: a worker for each shard, those of parents first.
 *
 * A shard that ends may have children, which begin once all of it is finished; a stream elsewhere
 * may tell of them a little later, so it is asked again until they are there; so it is when a shard
 * is gone. The role of the function is asked each time as well. Positions of shards that the stream
 * has forgotten go with them.
 */

import { type Clock, errorText, type Logger, type Random, WorldError } from "../base/mod.ts";
import type { TriggerFigures } from "./figures.ts";
import type { Filter } from "./filter.ts";
import type { HeldBytes } from "./held-bytes.ts";
import type { Mapping } from "./mapping.ts";
import { Pauses } from "./pauses.ts";
import type { Shard, StreamDescription, TriggerPorts } from "./ports.ts";
import type { Position } from "./progress.ts";
import { ShardWorker, type WorkerEnd } from "./shard-worker.ts";
import type { TriggerStore } from "./store.ts";
import { results } from "./watch.ts";

export interface StreamWorkerOptions {
  readonly mapping: Mapping;
  readonly filter: Filter | undefined;
  readonly positions: Map<string, Position>;
  /** By shard, for those that are read from the moment on in which the trigger was made. */
  readonly iterators: ReadonlyMap<string, string>;
  readonly store: TriggerStore;
  readonly ports: TriggerPorts;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly figures: TriggerFigures;
  readonly held: HeldBytes;
  readonly onResult: (result: string) => void;
}

export class StreamWorker {
  readonly #options: StreamWorkerOptions;
  readonly #pauses: Pauses;
  readonly #positions: Map<string, Position>;
  readonly #workers = new Map<string, ShardWorker>();
  #again: Promise<void> | undefined;
  #stopped = false;
  /** It could not be asked for its shards. */
  #isUnknown = false;

  constructor(options: StreamWorkerOptions) {
    this.#options = options;
    this.#positions = options.positions;
    this.#pauses = new Pauses(options);
  }

  /** Answers when the stream was asked for its shards, and those that are due are being read. */
  async start(): Promise<void> {
    if (!(await this.#look())) this.#lookAgain();
  }

  wake(): void {
    for (const worker of this.#workers.values()) worker.wake();
  }

  /** When the oldest record was made that is read and not finished. */
  get oldestMs(): number | undefined {
    const all = [...this.#workers.values()].map(({ oldestMs }) => oldestMs);
    const known = all.filter((ms) => ms !== undefined);
    return known.length === 0 ? undefined : Math.min(...known);
  }

  /** Begins no more calls; answers when the last has ended and positions are on disk. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#pauses.end();
    await Promise.all([...this.#workers.values()].map((worker) => worker.stop()));
    await this.#again;
  }

  #lookAgain(): void {
    this.#again ??= this.#lookUntilKnown().finally(() => {
      this.#again = undefined;
    });
  }

  async #lookUntilKnown(): Promise<void> {
    for (let tries = 1; !this.#stopped; tries += 1) {
      await this.#pauses.pause(this.#pauses.lengthMs(tries));
      if (this.#stopped || (await this.#look())) return;
    }
  }

  /** Begins the shards that are due. Whether nothing more is to be found out. */
  async #look(): Promise<boolean> {
    const description = await this.#describe();
    if (description === "unknown") return false;
    if (description === "gone" || this.#stopped) return true;
    await this.#forgetOthers(description);
    for (const shard of description.shards) this.#begin(shard, description);
    return description.isOver || this.#isKnown(description);
  }

  async #describe(): Promise<StreamDescription | "gone" | "unknown"> {
    const { ports, mapping, logger, onResult } = this.#options;
    const { id: trigger, streamArn: stream } = mapping;
    try {
      const refusal = await ports.streamRefusal(mapping, stream);
      if (refusal !== undefined) return this.#unknown(results.denied, refusal);
      const description = await ports.streams.describe(stream);
      if (description && this.#isUnknown) onResult(results.ok);
      this.#isUnknown = false;
      if (description) return description;
    } catch (thrown) {
      if (!(thrown instanceof WorldError)) throw thrown;
      return this.#unknown(results.unreadable, errorText(thrown));
    }
    onResult(results.gone);
    logger.error("the stream of a trigger is gone", { trigger, stream });
    return "gone";
  }

  #unknown(result: string, reason: string): "unknown" {
    const { mapping, logger, onResult } = this.#options;
    this.#isUnknown = true;
    onResult(result);
    const fields = { trigger: mapping.id, stream: mapping.streamArn, reason };
    logger.warn("the stream of a trigger cannot be asked for its shards", fields);
    return "unknown";
  }

  #isKnown({ shards }: StreamDescription): boolean {
    return shards.every(({ id }) => {
      return !this.#isOver(id) || shards.some(({ parentId }) => parentId === id);
    });
  }

  #isOver(shardId: string): boolean {
    return this.#positions.get(shardId)?.isOver === true;
  }

  #begin(shard: Shard, { shards }: StreamDescription): void {
    const { id, parentId } = shard;
    if (this.#stopped || this.#workers.has(id) || this.#isOver(id)) return;
    const isParentThere = shards.some((other) => other.id === parentId);
    if (parentId !== undefined && isParentThere && !this.#isOver(parentId)) return;
    const { mapping, iterators, store } = this.#options;
    const sinceMs = mapping.startingPosition === "LATEST" ? mapping.createdMs : undefined;
    const from = this.#positions.get(id) ?? (sinceMs === undefined ? {} : { sinceMs });
    const worker = new ShardWorker({
      ...this.#options,
      shardId: id,
      from,
      iterator: from.after === undefined ? iterators.get(id) : undefined,
      keep: async (position) => {
        await store.putPosition(mapping.id, id, position);
        this.#positions.set(id, position);
      },
    });
    this.#workers.set(id, worker);
    void worker.ended.then((end) => this.#ended(id, worker, end));
  }

  async #ended(shardId: string, worker: ShardWorker, end: WorkerEnd): Promise<void> {
    if (end === "stopped") return;
    await worker.stop();
    if (this.#stopped) return;
    this.#workers.delete(shardId);
    if (end === "gone") return this.#lookAgain(); // its children may be there
    this.#positions.set(shardId, { ...this.#positions.get(shardId), isOver: true });
    await this.start();
  }

  async #forgetOthers({ shards }: StreamDescription): Promise<void> {
    const { store, mapping, logger } = this.#options;
    const known = new Set(shards.map(({ id }) => id));
    const gone = [...this.#positions.keys()].filter((id) => {
      return !known.has(id) && !this.#workers.has(id);
    });
    for (const id of gone) this.#positions.delete(id);
    try {
      await store.forgetPositions(mapping.id, gone);
    } catch (thrown) {
      if (!(thrown instanceof WorldError)) throw thrown;
      logger.error("positions of a trigger not forgotten", { reason: errorText(thrown) });
    }
  }
}
