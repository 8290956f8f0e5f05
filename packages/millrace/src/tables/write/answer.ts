/** What the answer to a write says beside the attributes: capacity, and the collection's size. */

import { attributeOf, type Item } from "../../expressions/mod.ts";
import {
  addCharges,
  type Charge,
  type ConsumedCapacity,
  noCharge,
  type ReturnConsumedCapacity,
  showCharge,
  type UnitKind,
} from "../store/capacity.ts";
import type { Table } from "../store/table.ts";

interface Asked {
  readonly ReturnConsumedCapacity?: ReturnConsumedCapacity;
  readonly ReturnItemCollectionMetrics?: "SIZE" | "NONE" | undefined;
}

export interface Charged {
  readonly ConsumedCapacity?: ConsumedCapacity;
}

/** The charge as a member, when it was asked for; it is not even computed when not. */
export function chargedFor(
  input: Asked & { readonly TableName: string },
  chargeOf: () => Charge,
): Charged {
  const { ReturnConsumedCapacity: mode, TableName } = input;
  if (!mode || mode === "NONE") return {};
  return { ConsumedCapacity: showCharge({ mode }, TableName, chargeOf())! };
}

/** The charges of several items, gathered by table; nothing is computed that was not asked for. */
export class ChargeList {
  readonly #mode: ReturnConsumedCapacity;
  readonly #byTable = new Map<string, Charge>();

  constructor({ ReturnConsumedCapacity: mode }: Pick<Asked, "ReturnConsumedCapacity">) {
    this.#mode = mode === "NONE" ? undefined : mode;
  }

  add(tableName: string, chargeOf: () => Charge): void {
    if (!this.#mode) return;
    const before = this.#byTable.get(tableName) ?? noCharge;
    this.#byTable.set(tableName, addCharges(before, chargeOf()));
  }

  /** As a member of the answer, when it was asked for. */
  show(kind?: UnitKind): object {
    const mode = this.#mode;
    if (!mode) return {};
    const entries = [...this.#byTable];
    return {
      ConsumedCapacity: entries.map(([name, charge]) => showCharge({ mode, kind }, name, charge)),
    };
  }
}

/** Collections are only measured where local indexes bound them. */
function hasCollections({ definition }: Table): boolean {
  return definition.indexes?.some(({ scope }) => scope === "local") ?? false;
}

/** Ten gigabytes are the service's bound, and none here: the estimate is of its first one. */
const sizeEstimate = [0, 1];

function metricsOf({ definition }: Table, key: Item) {
  const { name } = definition.partitionKey;
  return {
    ItemCollectionKey: { [name]: attributeOf(key, name)! },
    SizeEstimateRangeGB: sizeEstimate,
  };
}

export function collectionOf(input: Asked, table: Table, key: Item): object {
  if (input.ReturnItemCollectionMetrics !== "SIZE" || !hasCollections(table)) return {};
  return { ItemCollectionMetrics: metricsOf(table, key) };
}

/** The same for several items, by table; each collection once. */
export function collectionsOf(
  input: Asked,
  writes: readonly { readonly table: Table; readonly item: Item }[],
): object {
  if (input.ReturnItemCollectionMetrics !== "SIZE") return {};
  const byTable = new Map<string, Map<string, object>>();
  for (const { table, item } of writes.filter((write) => hasCollections(write.table))) {
    const metrics = metricsOf(table, item);
    const collections = byTable.get(table.definition.name) ?? new Map<string, object>();
    collections.set(JSON.stringify(metrics.ItemCollectionKey), metrics);
    byTable.set(table.definition.name, collections);
  }
  const entries = [...byTable].map(([name, collections]) => [name, [...collections.values()]]);
  return entries.length > 0 ? { ItemCollectionMetrics: Object.fromEntries(entries) } : {};
}
