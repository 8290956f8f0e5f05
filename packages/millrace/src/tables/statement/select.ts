/** SELECT: Queries of the partitions that the condition names, else a Scan. */

import {
  type AttributeValue,
  bindKeyComparisons,
  type Conjunct,
  equalValues,
  type Item,
  type KeyComparison,
  type PathNode,
  type Projection,
  pinnedValues,
  type SelectStatement,
  splitConjuncts,
  valueAt,
} from "../../expressions/mod.ts";
import { wholePartition } from "../capacity/partition.ts";
import { type KeySchema, partitionKeys, sortKeys } from "../catalog/definition.ts";
import { accepted, refuseInvalid } from "../errors.ts";
import { selectPartitionCountMax } from "../limits.ts";
import { messages } from "../messages.ts";
import { needsTable, type Selection } from "../read/selection.ts";
import { schemaOf } from "../read/source.ts";
import { indexLayout, type KeyRange, keyRange, tableLayout } from "../store/key-bytes.ts";
import type { Source } from "../store/page.ts";
import { orderPartitions, readsReversed } from "./order.ts";
import { restOf } from "./read-statement.ts";

/** Where a SELECT reads, which way, and what it shows. */
export interface SelectPlan {
  /** Absent: everything. */
  readonly parts?: readonly SelectPart[];
  readonly reverse: boolean;
  readonly selection: Selection;
}

/** What is read of one partition. */
export interface SelectPart {
  readonly partition: AttributeValue;
  readonly range: KeyRange;
}

/** Refuses an order that the key does not have, and attributes that the index does not hold. */
export function planSelect(source: Source, statement: SelectStatement): SelectPlan {
  const { where, placeholders, order } = statement;
  const schema = schemaOf(source);
  const conjuncts = splitConjuncts(where, placeholders);
  const pins = partitionKeys(schema).flatMap(({ name }) => {
    return pinnedValues(conjuncts, name, placeholders) ?? [];
  });
  const isScan = pins.length < partitionKeys(schema).length;
  if (isScan && order) {
    refuseInvalid(where ? messages.orderWithoutPartition : messages.orderWithoutWhere);
  }
  const sorts = isScan ? [] : sortsIn(schema, conjuncts);
  const used = isScan ? [] : pins.filter(({ isAll }) => isAll).map(({ conjunct }) => conjunct);
  const filter = restOf(conjuncts, [...used, ...sorts], placeholders);
  const selection = { filter, projection: projectionOf(statement) };
  needsTable(source, selection, statement.paths ? undefined : "ALL_PROJECTED_ATTRIBUTES");
  if (isScan) return { reverse: false, selection };
  const comparisons = sorts.map(({ comparison }) => comparison!);
  const fixed = comparisons.filter(({ wanted }) => wanted.operator === "=");
  const searched = { schema, order, values: pins.map(({ values }) => unique(values)) };
  const reverse = readsReversed({ ...searched, fixed: new Set(fixed.map((one) => one.attribute)) });
  const partitions = orderPartitions(searched, combine(searched.values));
  const parts = partitions.map((values) => partOf({ source, values, comparisons }));
  return { parts, reverse, selection };
}

/** From the left, those that are fixed, and the one behind them. */
function sortsIn(schema: KeySchema, conjuncts: readonly Conjunct[]): Conjunct[] {
  const found: Conjunct[] = [];
  for (const { name } of sortKeys(schema)) {
    const said = conjuncts.filter(({ comparison }) => comparison?.attribute === name);
    const fixed = said.find(({ comparison }) => comparison?.wanted.operator === "=");
    const any = fixed ?? said[0];
    if (any) found.push(any);
    if (!fixed) break;
  }
  return found;
}

type Values = readonly AttributeValue[];

function unique(values: Values): Values {
  return values.filter((value, at) => values.findIndex((one) => equalValues(one, value)) === at);
}

/** Every choice of one value of each list; refuses more than one statement may name. */
function combine(lists: readonly Values[]): readonly Values[] {
  const count = lists.reduce((product, values) => product * values.length, 1);
  if (count > selectPartitionCountMax) {
    refuseInvalid(messages.tooManyPartitions(count, selectPartitionCountMax));
  }
  return lists.reduce<readonly Values[]>(
    (chosen, values) => chosen.flatMap((some) => values.map((value) => [...some, value])),
    [[]],
  );
}

interface Part {
  readonly source: Source;
  readonly values: Values;
  readonly comparisons: readonly NonNullable<Conjunct["comparison"]>[];
}

function partOf({ source, values, comparisons }: Part): SelectPart {
  const schema = schemaOf(source);
  const searched = new Map<string, KeyComparison>([
    ...partitionKeys(schema).map(({ name }, at) => {
      return [name, { operator: "=", value: values[at]! }] as const;
    }),
    ...comparisons.map(({ attribute, wanted }) => [attribute, wanted] as const),
  ]);
  const bound = accepted(bindKeyComparisons(searched, schema));
  const range = keyRange(bound, source.index ? indexLayout : tableLayout);
  return { range, partition: wholePartition(values) };
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
