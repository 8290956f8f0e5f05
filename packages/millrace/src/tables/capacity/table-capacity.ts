/**
 * What a table and its global indexes may spend, and what is spent on them.
 *
 * Local indexes spend what their table has. Everything is counted; only where capacity is enforced
 * is a request refused that finds nothing left, and only there is it taken away. A write is refused
 * too when an index that it changes has nothing left, as the service holds it back.
 */

import type { Clock } from "../../base/mod.ts";
import type { IndexDefinition, TableDefinition, Throughput } from "../catalog/definition.ts";
import { type Account, tableArn } from "../catalog/describe.ts";
import { partitionReadUnitsMax, partitionWriteUnitsMax } from "../limits.ts";
import type { Charge } from "../store/capacity.ts";
import { type Allowance, type LimitType, Meter } from "./meter.ts";
import type { Partition } from "./partition.ts";
import { type Exceeded, refusalOf } from "./refusal.ts";

export type Direction = "Read" | "Write";

export interface CapacityOptions {
  /** Whether requests are refused for want of capacity. */
  readonly enforced: boolean;
  readonly account: Account;
}

/** Both directions of a table or a global index. */
export interface Meters {
  /** Absent: of the table itself. */
  readonly index?: string;
  readonly Read: Meter;
  readonly Write: Meter;
}

/** Units of one direction, with the partitions they are spent on. */
export interface Spending {
  readonly charge: Charge;
  readonly partition: Partition | undefined;
  /** Of a global index, by its name. */
  readonly indexPartition: (name: string) => Partition | undefined;
}

/** Gives back what was spent; once. */
export type GiveBack = () => void;

interface Taken {
  readonly meter: Meter;
  readonly units: number;
  readonly where: Partition | undefined;
  /** It was taken from what may be spent, not only counted. */
  readonly held: boolean;
}

export class TableCapacity {
  readonly #clock: Clock;
  readonly #options: CapacityOptions;
  #definition: TableDefinition;
  #own: Meters;
  #indexes = new Map<string, Meters>();

  constructor(definition: TableDefinition, clock: Clock, options: CapacityOptions) {
    this.#clock = clock;
    this.#options = options;
    this.#definition = definition;
    this.#own = metersOf(definition, undefined, clock.now());
    this.redefine(definition);
  }

  /** Whether requests are refused for want of capacity. */
  get enforced(): boolean {
    return this.#options.enforced;
  }

  /** From now on; what was saved, and what was counted, stays with the names. */
  redefine(definition: TableDefinition): void {
    const nowMs = this.#clock.now();
    this.#definition = definition;
    allowBoth(this.#own, definition, nowMs);
    const global = (definition.indexes ?? []).filter(({ scope }) => scope === "global");
    this.#indexes = new Map(
      global.map((index) => {
        const made = this.#indexes.get(index.name) ?? metersOf(definition, index, nowMs);
        allowBoth(made, definition, nowMs, index);
        return [index.name, made];
      }),
    );
  }

  /** Of the table, then of its indexes. */
  meters(): Meters[] {
    return [this.#own, ...this.#indexes.values()];
  }

  /** What a read of the table, or of one of its global indexes, finds nothing left of. */
  readLimit(index: string | undefined, partition: Partition | undefined): Exceeded | undefined {
    const meters = (index !== undefined && this.#indexes.get(index)) || this.#own;
    return this.#limitOf(meters, "Read", partition);
  }

  /** The same for a write; indexes that it does not change are not asked. */
  writeLimit({ charge, partition, indexPartition }: Spending): Exceeded | undefined {
    const own = this.#limitOf(this.#own, "Write", partition);
    if (own) return own;
    for (const name in charge.global) {
      const meters = this.#indexes.get(name);
      const limit = meters && this.#limitOf(meters, "Write", indexPartition(name));
      if (limit) return limit;
    }
    return undefined;
  }

  #limitOf(meters: Meters, direction: Direction, partition: Partition | undefined) {
    const meter = meters[direction];
    const limit = meter.limitOf(partition, this.#clock.now());
    if (!limit) return undefined;
    meter.exceeded(limit);
    return this.#exceeded(meters, direction, limit);
  }

  #exceeded({ index }: Meters, direction: Direction, limit: LimitType): Exceeded {
    const arn = tableArn(this.#options.account, this.#definition.name);
    return {
      index,
      limit,
      onDemand: this.#definition.throughput === undefined,
      reason: `${index === undefined ? "Table" : "Index"}${direction}${limit}`,
      resource: index === undefined ? arn : `${arn}/index/${index}`,
    };
  }

  /** Refuses when there is a limit and it is enforced. */
  check(limit: Exceeded | undefined): void {
    if (limit && this.enforced) throw refusalOf(limit);
  }

  /** Counts and takes what a read of the table, or of one of its global indexes, was. */
  spendOnRead(units: number, index: string | undefined, partition: Partition | undefined): void {
    const meters = index === undefined ? this.#own : this.#indexes.get(index);
    if (meters) this.#take(meters.Read, units, partition);
  }

  /**
   * The same of a write that changes no index; refuses, where that is enforced, when there is
   * nothing left. Answers what gives it back.
   */
  spendOnWrite(units: number, partition: Partition): GiveBack {
    const meter = this.#own.Write;
    this.check(this.#limitOf(this.#own, "Write", partition));
    const held = this.#take(meter, units, partition);
    return () => meter.spend(-units, partition, { nowMs: this.#clock.now(), held });
  }

  /** Without enforcement nothing is taken of what is used up: there would be a debt without end. */
  #take(meter: Meter, units: number, where: Partition | undefined): boolean {
    const nowMs = this.#clock.now();
    const held = this.enforced || meter.limitOf(where, nowMs) === undefined;
    meter.spend(units, where, { nowMs, held });
    return held;
  }

  /**
   * Counts and takes what was spent, and answers what gives exactly that back.
   */
  spend(direction: Direction, { charge, partition, indexPartition }: Spending): GiveBack {
    const taken: Taken[] = [];
    const put = (meters: Meters, units: number, where: Partition | undefined) => {
      const meter = meters[direction];
      taken.push({ meter, units, where, held: this.#take(meter, units, where) });
    };
    let own = charge.table;
    for (const name in charge.local) own += charge.local[name]!;
    if (own > 0) put(this.#own, own, partition);
    for (const name in charge.global) {
      const meters = this.#indexes.get(name);
      if (meters) put(meters, charge.global[name]!, indexPartition(name));
    }
    return () => {
      const nowMs = this.#clock.now();
      for (const { meter, units, where, held } of taken) {
        meter.spend(-units, where, { nowMs, held });
      }
    };
  }
}

function metersOf(
  table: TableDefinition,
  index: IndexDefinition | undefined,
  nowMs: number,
): Meters {
  const meter = (direction: Direction) => {
    return new Meter(allowanceOf(table, index, direction), nowMs);
  };
  const both = { Read: meter("Read"), Write: meter("Write") };
  return index ? { index: index.name, ...both } : both;
}

function allowBoth(
  meters: Meters,
  table: TableDefinition,
  nowMs: number,
  index?: IndexDefinition,
): void {
  for (const direction of ["Read", "Write"] as const) {
    meters[direction].allow(allowanceOf(table, index, direction), nowMs);
  }
}

function allowanceOf(
  table: TableDefinition,
  index: IndexDefinition | undefined,
  direction: Direction,
): Allowance {
  const throughput = (index ?? table).throughput ?? table.throughput;
  const most = (index ?? table).onDemandMax;
  const units = direction === "Read" ? "readUnits" : "writeUnits";
  return {
    unitsPerSecond: table.throughput ? throughput?.[units] : boundOf(most?.[units]),
    onDemand: table.throughput === undefined,
    partitionUnitsMax: direction === "Read" ? partitionReadUnitsMax : partitionWriteUnitsMax,
    partitionCount: throughput ? partitionCountOf(throughput) : 1,
  };
}

/** -1 is no bound. */
function boundOf(units: number | undefined): number | undefined {
  return units !== undefined && units > 0 ? units : undefined;
}

/** As the service divides a table that is not on demand. */
function partitionCountOf({ readUnits, writeUnits }: Throughput): number {
  const needed = readUnits / partitionReadUnitsMax + writeUnits / partitionWriteUnitsMax;
  return Math.max(1, Math.ceil(needed));
}
