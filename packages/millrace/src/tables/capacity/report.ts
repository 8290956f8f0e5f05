/**
 * What is spent, for people and for Prometheus.
 *
 * Partition keys are told in the report alone: they come from outside, and figures have no such
 * labels.
 */

import { counter, type Figure, gauge, type Sample } from "../../base/mod.ts";
import type { Table } from "../store/table.ts";
import { limitTypes, type Meter } from "./meter.ts";
import type { Direction } from "./table-capacity.ts";

/** Of a table or a global index, in one direction. */
export interface CapacityReport {
  readonly table: string;
  readonly index?: string;
  readonly direction: Direction;
  /** Whether requests are refused for want of capacity. */
  readonly enforced: boolean;
  /** What it may spend a second; absent: what its partitions may. */
  readonly unitsPerSecondMax?: number;
  readonly partitionCount: number;
  readonly partitionUnitsPerSecondMax: number;
  readonly unitsTotal: number;
  /** Requests that found nothing left, by what of. */
  readonly exceeded: Readonly<Record<string, number>>;
  readonly lastMinute: {
    readonly unitsPerSecond: number;
    /** The busiest first; `share` is of all that was spent on partitions. */
    readonly partitions: readonly Busy[];
    /** The same of partition keys. */
    readonly keys: readonly (Omit<Busy, "partition"> & { readonly key: string })[];
  };
}

interface Busy {
  readonly partition: number;
  readonly unitsPerSecond: number;
  readonly share: number;
}

const shownCount = 10;

/** Of every table that was used, in the order of names. */
export function reportCapacity(tables: Iterable<Table>): CapacityReport[] {
  const sorted = [...tables].sort((left, right) =>
    left.definition.name < right.definition.name ? -1 : 1,
  );
  return sorted.flatMap((table) =>
    metersOf(table)
      .filter(({ meter }) => meter.unitsTotal > 0 || meter.exceededCounts.size > 0)
      .map((metered) => reportOf(table, metered)),
  );
}

interface Metered {
  readonly index: string | undefined;
  readonly direction: Direction;
  readonly meter: Meter;
}

function metersOf(table: Table): Metered[] {
  return table.capacity.meters().flatMap((meters) =>
    (["Read", "Write"] as const).map((direction) => {
      return { index: meters.index, direction, meter: meters[direction] };
    }),
  );
}

function reportOf(table: Table, { index, direction, meter }: Metered): CapacityReport {
  const { units, partitions, keys } = meter.lastMinute(table.clock.now());
  const total = [...partitions.values()].reduce((sum, one) => sum + one, 0);
  const busy = (spent: number) => ({ unitsPerSecond: spent / 60, share: spent / total });
  const busiest = [...partitions].sort(([, left], [, right]) => right - left);
  const { unitsPerSecond, partitionUnitsMax } = meter.allowance;
  return {
    table: table.definition.name,
    ...(index !== undefined && { index }),
    direction,
    enforced: table.capacity.enforced,
    ...(unitsPerSecond !== undefined && { unitsPerSecondMax: unitsPerSecond }),
    partitionCount: meter.partitionCount,
    partitionUnitsPerSecondMax: partitionUnitsMax,
    unitsTotal: meter.unitsTotal,
    exceeded: Object.fromEntries(meter.exceededCounts),
    lastMinute: {
      unitsPerSecond: units / 60,
      partitions: busiest.slice(0, shownCount).map(([partition, spent]) => {
        return { partition, ...busy(spent) };
      }),
      keys: keys.top(shownCount).map(([key, spent]) => ({ key, ...busy(spent) })),
    },
  };
}

/** The same names at every call. */
export function capacityFigures(tables: Iterable<Table>): Figure[] {
  const [units, exceeded, hottest]: Sample[][] = [[], [], []];
  for (const table of tables) {
    for (const { index = "", direction, meter } of metersOf(table)) {
      const labels = { table: table.definition.name, index, direction: direction.toLowerCase() };
      units!.push({ labels, value: meter.unitsTotal });
      for (const limit of limitTypes) {
        const value = meter.exceededCounts.get(limit) ?? 0;
        exceeded!.push({ labels: { ...labels, limit }, value });
      }
      const { partitions } = meter.lastMinute(table.clock.now());
      hottest!.push({ labels, value: Math.max(0, ...partitions.values()) / 60 });
    }
  }
  return [
    counter("millrace_table_units_total", "Capacity units that were spent", units!),
    counter(
      "millrace_table_capacity_exceeded_total",
      "Requests that found no capacity left; refused where it is enforced",
      exceeded!,
    ),
    gauge(
      "millrace_table_hottest_partition_units",
      "Units a second, in the last whole minute, of the partition on which most was spent",
      hottest!,
    ),
  ];
}
