/**
 * What runs: a pool of environments for each version of each function, and who may enter.
 *
 * Nothing here knows names of versions beyond their number or `$LATEST`; aliases are resolved
 * before.
 */

import type { Clock, Logger } from "../base/mod.ts";
import type { Call, Outcome } from "./call.ts";
import { Concurrency } from "./concurrency/concurrency.ts";
import { Places } from "./concurrency/places.ts";
import { throttle } from "./outcomes.ts";
import type { FunctionLine } from "./output.ts";
import { Pool } from "./pool/pool.ts";
import type { Program } from "./program.ts";
import type { TemporaryFolders } from "./temporary-folders.ts";

export interface FleetOptions {
  readonly temporaryFolders: TemporaryFolders;
  readonly clock: Clock;
  readonly atEndOfTurn: (callback: () => void) => void;
  readonly write: (line: FunctionLine) => void;
  readonly logger: Logger;
  /** At once, of all functions; absent: as many as suit this machine. */
  readonly processesMax?: number | undefined;
}

export class Fleet {
  readonly #options: FleetOptions;
  readonly #pools = new Map<string, Map<string, Pool>>();
  /** Of versions that are gone, with the calls that they still run. */
  readonly #retiring = new Set<Pool>();
  #closed = false;
  readonly concurrency = new Concurrency();
  readonly places: Places;

  constructor(options: FleetOptions) {
    this.#options = options;
    this.places = new Places(options);
  }

  /** Of every function, its pools by version. */
  get pools(): ReadonlyMap<string, ReadonlyMap<string, Pool>> {
    return this.#pools;
  }

  find(functionName: string, version: string): Pool | undefined {
    return this.#pools.get(functionName)?.get(version);
  }

  /** The version runs this program from now on; calls in flight end in the one before. */
  async deploy(program: Program): Promise<void> {
    const { functionName, version } = program;
    const known = this.find(functionName, version);
    if (known) return known.replace(program);
    const versions = this.#pools.get(functionName) ?? new Map<string, Pool>();
    const pool = new Pool({ ...this.#options, places: this.places, program });
    versions.set(version, pool);
    this.#pools.set(functionName, versions);
    pool.keepWarm(0); // starts the one that a debugger waits for
  }

  /** Calls find the version no more. Answers when those that it has are over, or all is closed. */
  async retire(functionName: string, version: string): Promise<void> {
    const versions = this.#pools.get(functionName);
    const pool = versions?.get(version);
    if (!versions || !pool) return;
    versions.delete(version);
    if (versions.size === 0) this.#pools.delete(functionName);
    this.#retiring.add(pool);
    await pool.retire();
    this.#retiring.delete(pool);
  }

  /** Whether calls may still need this folder of code; also once all is closed. */
  mayUse(functionName: string, folder: string): boolean {
    const pools = [...(this.#pools.get(functionName)?.values() ?? []), ...this.#retiring];
    return this.#closed || pools.some((pool) => pool.runsIn(folder));
  }

  /** Ends a function in all of its versions; calls in flight may finish within a bound. */
  async end(functionName: string): Promise<void> {
    const retiring = [...this.#retiring].filter(
      ({ program }) => program.functionName === functionName,
    );
    const pools = [...(this.#pools.get(functionName)?.values() ?? []), ...retiring];
    this.#pools.delete(functionName);
    await Promise.all(pools.map((pool) => pool.close()));
  }

  /** Answers in every case, once; `throttled` when as many run as may. */
  run(pool: Pool, call: Call, answer: (outcome: Outcome) => void): void {
    const { functionName, version } = pool.program;
    const reason = this.concurrency.enter(functionName, version);
    if (reason) {
      pool.ended.throttled += 1;
      answer(throttle(reason));
      return;
    }
    pool.invoke(call, (outcome) => {
      this.concurrency.leave(functionName, version);
      answer(outcome);
    });
  }

  async close(): Promise<void> {
    this.#closed = true;
    const pools = [...this.#pools.values()].flatMap((versions) => [...versions.values()]);
    await Promise.all([...pools, ...this.#retiring].map((pool) => pool.close()));
  }
}
