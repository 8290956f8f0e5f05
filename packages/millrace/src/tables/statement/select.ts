/** SELECT: a Query when the condition names a partition, else a Scan. */

import {
  bindKeyComparisons,
  type Conjunct,
  type Item,
  type KeyComparison,
  type PathNode,
  type Projection,
  type SelectStatement,
  splitConjuncts,
  valueAt,
} from "../../expressions/mod.ts";
import { type KeySchema, keyAttributes, partitionKeys, sortKeys } from "../catalog/definition.ts";
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
  const of: Find = (name, equal) =>
    conjuncts.find(({ comparison }) => {
      if (comparison?.attribute !== name) return false;
      return !equal || comparison.wanted.operator === "=";
    });
  const partitions = partitionKeys(schema).map(({ name }) => of(name, true));
  const isOnePartition = partitions.every((one) => one !== undefined);
  checkOrder(order, schema, isOnePartition ? of : undefined);
  const used = isOnePartition ? [...partitions, ...sortsIn(schema, of)] : [];
  const projection = projectionOf(statement);
  const selection = { filter: restOf(conjuncts, used, placeholders), projection };
  needsTable(source, selection, statement.paths ? undefined : "ALL_PROJECTED_ATTRIBUTES");
  const reverse = order?.descending ?? false;
  if (!isOnePartition) return { reverse, selection };
  const comparisons = new Map<string, KeyComparison>(
    used.map(({ comparison }) => [comparison!.attribute, comparison!.wanted]),
  );
  const bound = accepted(bindKeyComparisons(comparisons, schema));
  const range = keyRange(bound, source.index ? indexLayout : tableLayout);
  return { range, reverse, selection };
}

/** What is said of an attribute; `equal`: what it is equal to. */
type Find = (name: string, equal: boolean) => Conjunct | undefined;

/** From the left, those that are fixed, and the one behind them. */
function sortsIn(schema: KeySchema, of: Find): Conjunct[] {
  const found: Conjunct[] = [];
  for (const { name } of sortKeys(schema)) {
    const fixed = of(name, true);
    const any = fixed ?? of(name, false);
    if (any) found.push(any);
    if (!fixed) break;
  }
  return found;
}

/** `find`: absent where the condition names no partition. */
function checkOrder(order: SelectStatement["order"], schema: KeySchema, find?: Find): void {
  if (!order) return;
  if (!find) refuseInvalid(messages.orderWithoutWhere);
  const { attribute } = order;
  const names = keyAttributes(schema).map(({ name }) => name);
  if (!names.includes(attribute)) refuseInvalid(messages.orderElsewhere(attribute));
  // What is read comes in the order of the first sort key that is not fixed; a later one has none.
  const sorts = sortKeys(schema).map(({ name }) => name);
  const free = sorts.findIndex((name) => !find(name, true));
  if (free >= 0 && sorts.indexOf(attribute) > free) {
    refuseInvalid(messages.orderBehind(attribute, sorts[free]!));
  }
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
