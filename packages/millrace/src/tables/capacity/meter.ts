/**
 * What is spent on a table or a global index in one direction, and what it may spend.
 *
 * Two bounds: its own capacity, of which five minutes are saved when unused, and that of each
 * partition, of which nothing is saved. A partition takes more than its share of the table's
 * capacity as long as both bounds allow it: that is what adaptive capacity comes to. A partition
 * that is split because it is hot is not simulated, except that a table on demand has as many
 * partitions as twice its busiest minute needs.
 */

import { burstSecondsMax, heavyKeyCountMax, onDemandPartitionCount } from "../limits.ts";
import { HeavyKeys } from "./heavy-keys.ts";
import type { Partition } from "./partition.ts";
import { TokenBucket } from "./token-bucket.ts";

/** Why there is nothing left, in the service's words. */
export const limitTypes = [
  "ProvisionedThroughputExceeded",
  "KeyRangeThroughputExceeded",
  "MaxOnDemandThroughputExceeded",
] as const;
export type LimitType = (typeof limitTypes)[number];

/** What may be spent. */
export interface Allowance {
  /** Units a second; absent: as many as the partitions have. */
  readonly unitsPerSecond: number | undefined;
  readonly onDemand: boolean;
  readonly partitionUnitsMax: number;
  /** Of a table that is not on demand. */
  readonly partitionCount: number;
}

/** What was spent in a minute. */
export interface Minute {
  readonly number: number;
  readonly units: number;
  readonly partitions: ReadonlyMap<number, number>;
  readonly keys: HeavyKeys;
}

interface OpenMinute extends Minute {
  units: number;
  readonly partitions: Map<number, number>;
}

export class Meter {
  #allowance: Allowance;
  #whole: TokenBucket | undefined;
  #partitions = new Map<number, TokenBucket>();
  #partitionCount: number;
  #minute: OpenMinute = minuteOf(0);
  #lastMinute: Minute = this.#minute;
  unitsTotal = 0;
  /** Requests that found nothing left, by what there was nothing left of. */
  readonly exceededCounts = new Map<LimitType, number>();

  constructor(allowance: Allowance, nowMs: number) {
    this.#allowance = allowance;
    this.#partitionCount = partitionsOf(allowance);
    this.allow(allowance, nowMs);
  }

  /** From now on; what was saved stays, unless it is billed otherwise from now on. */
  allow(allowance: Allowance, nowMs: number): void {
    const { unitsPerSecond, onDemand } = allowance;
    if (onDemand !== this.#allowance.onDemand) {
      this.#partitionCount = 0;
      this.#whole = undefined;
    }
    this.#allowance = allowance;
    if (unitsPerSecond === undefined) this.#whole = undefined;
    else if (this.#whole) this.#whole.setRate(unitsPerSecond, nowMs);
    else {
      // A bound of a table on demand is one for each second.
      const burstSeconds = onDemand ? 1 : burstSecondsMax;
      this.#whole = new TokenBucket({ unitsPerSecond, burstSeconds }, nowMs);
    }
    this.#divide(Math.max(this.#partitionCount, partitionsOf(allowance)));
  }

  /** What there is nothing left of; `undefined`: something may be spent. No partition: of all. */
  limitOf(partition: Partition | undefined, nowMs: number): LimitType | undefined {
    if (this.#whole?.isEmpty(nowMs)) {
      return this.#allowance.onDemand
        ? "MaxOnDemandThroughputExceeded"
        : "ProvisionedThroughputExceeded";
    }
    if (partition && this.#bucketOf(partition, nowMs).isEmpty(nowMs)) {
      return "KeyRangeThroughputExceeded";
    }
    return undefined;
  }

  exceeded(limit: LimitType): void {
    this.exceededCounts.set(limit, (this.exceededCounts.get(limit) ?? 0) + 1);
  }

  /** Counts units; with `held` they are also taken from what may be spent. */
  spend(
    units: number,
    partition: Partition | undefined,
    { nowMs, held }: { readonly nowMs: number; readonly held: boolean },
  ): void {
    const minute = this.#minuteAt(nowMs);
    this.unitsTotal += units;
    minute.units += units;
    if (partition) {
      const number = partition.hash % this.#partitionCount;
      minute.partitions.set(number, (minute.partitions.get(number) ?? 0) + units);
      if (units > 0) minute.keys.add(partition.label, units);
    }
    if (!held) return;
    this.#whole?.take(units);
    if (partition) this.#bucketOf(partition, nowMs).take(units);
  }

  /** The last whole minute. */
  lastMinute(nowMs: number): Minute {
    this.#minuteAt(nowMs);
    return this.#lastMinute;
  }

  get allowance(): Allowance {
    return this.#allowance;
  }

  get partitionCount(): number {
    return this.#partitionCount;
  }

  #bucketOf({ hash }: Partition, nowMs: number): TokenBucket {
    const number = hash % this.#partitionCount;
    let bucket = this.#partitions.get(number);
    if (!bucket) {
      const unitsPerSecond = this.#allowance.partitionUnitsMax;
      bucket = new TokenBucket({ unitsPerSecond, burstSeconds: 1 }, nowMs);
      this.#partitions.set(number, bucket);
    }
    return bucket;
  }

  #minuteAt(nowMs: number): OpenMinute {
    const number = Math.floor(nowMs / 60_000);
    if (number === this.#minute.number) return this.#minute;
    const ended = this.#minute;
    this.#lastMinute = ended.number === number - 1 ? ended : minuteOf(number - 1);
    this.#minute = minuteOf(number);
    if (this.#allowance.onDemand) {
      const perSecond = ended.units / 60;
      const needed = Math.ceil((2 * perSecond) / this.#allowance.partitionUnitsMax);
      if (needed > this.#partitionCount) this.#divide(needed);
    }
    return this.#minute;
  }

  /** Keys lie elsewhere then; every partition begins with what a second brings. */
  #divide(count: number): void {
    if (count === this.#partitionCount) return;
    this.#partitionCount = count;
    this.#partitions = new Map();
  }
}

function partitionsOf({ onDemand, partitionCount }: Allowance): number {
  return onDemand ? onDemandPartitionCount : partitionCount;
}

function minuteOf(number: number): OpenMinute {
  return { number, units: 0, partitions: new Map(), keys: new HeavyKeys(heavyKeyCountMax) };
}
