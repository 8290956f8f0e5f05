/** SELECT: a Query when the condition names a partition, else a Scan. */

import {
  bindKeyComparisons,
  type Item,
  type KeyComparison,
  type PathNode,
  type Projection,
  type SelectStatement,
  splitConjuncts,
  valueAt,
} from "../../expressions/mod.ts";
import type { KeySchema } from "../catalog/definition.ts";
import { accepted, refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";
import { needsTable, type Selection } from "../read/selection.ts";
import { schemaOf } from "../read/source.ts";
import { indexLayout, type KeyRange, keyRange, tableLayout } from "../store/key-bytes.ts";
import type { Source } from "../store/page.ts";
import { restOf } from "./read-statement.ts";

/** Where a SELECT reads, which way, and what it shows. */
export interface SelectPlan {
  /** Absent: everything. */
  readonly range?: KeyRange;
  readonly reverse: boolean;
  readonly selection: Selection;
}

/** Refuses an order that the key does not have, and attributes that the index does not hold. */
export function planSelect(source: Source, statement: SelectStatement): SelectPlan {
  const { where, placeholders, order } = statement;
  const schema = schemaOf(source);
  const conjuncts = splitConjuncts(where, placeholders);
  const of = (name: string | undefined, equal: boolean) =>
    conjuncts.find(({ comparison }) => {
      if (name === undefined || comparison?.attribute !== name) return false;
      return !equal || comparison.wanted.operator === "=";
    });
  const partition = of(schema.partitionKey.name, true);
  const sort = partition && of(schema.sortKey?.name, false);
  checkOrder(order, schema, partition !== undefined);
  const used = [partition, sort].filter((one) => one !== undefined);
  const projection = projectionOf(statement);
  const selection = { filter: restOf(conjuncts, used, placeholders), projection };
  needsTable(source, selection, statement.paths ? undefined : "ALL_PROJECTED_ATTRIBUTES");
  const reverse = order?.descending ?? false;
  if (!partition) return { reverse, selection };
  const comparisons = new Map<string, KeyComparison>(
    used.map(({ comparison }) => [comparison!.attribute, comparison!.wanted]),
  );
  const bound = accepted(bindKeyComparisons(comparisons, schema));
  const range = keyRange(bound, source.index ? indexLayout : tableLayout);
  return { range, reverse, selection };
}

function checkOrder(
  order: SelectStatement["order"],
  { partitionKey, sortKey }: KeySchema,
  hasPartition: boolean,
): void {
  if (!order) return;
  if (!hasPartition) refuseInvalid(messages.orderWithoutWhere);
  const names = [partitionKey.name, sortKey?.name];
  if (!names.includes(order.attribute)) refuseInvalid(messages.orderElsewhere(order.attribute));
}

/** Each path under the name of its last step, as statements show them. */
export function projectionOf({ paths, placeholders }: SelectStatement): Projection | undefined {
  if (!paths) return undefined;
  const picked = paths.map((node) => ({ node, path: placeholders.resolvePath(node) }));
  const project = (item: Item) => {
    const shown = picked.flatMap(({ node, path }) => {
      const value = valueAt(item, path);
      return value ? [[labelOf(node, path), value] as const] : [];
    });
    return Object.fromEntries(shown);
  };
  return { project, attributeNames: new Set(picked.map(({ path }) => String(path[0]))) };
}

function labelOf({ elements }: PathNode, path: readonly (string | number)[]): string {
  const lastName = elements.findLastIndex((element) => "name" in element);
  const steps = path.slice(lastName);
  return steps.map((step) => (typeof step === "number" ? `[${step}]` : step)).join("");
}
