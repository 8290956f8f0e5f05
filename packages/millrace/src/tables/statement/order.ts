/**
 * ORDER BY: which way partitions are read, and one after which.
 *
 * Items lie in the order of their keys and are never sorted, so that an order is the key's or is
 * refused: partitions, where there are several, by the keys that tell them apart; in each of them
 * the sort keys from the left, all one way. A name that stands twice counts where it is first.
 */

import { type AttributeValue, type OrderTerm, orderValues } from "../../expressions/mod.ts";
import { type KeySchema, keyAttributes, partitionKeys, sortKeys } from "../catalog/definition.ts";
import { refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";

interface Ordered {
  readonly schema: KeySchema;
  readonly order: readonly OrderTerm[] | undefined;
  /** What each part of the partition key may be. */
  readonly values: readonly (readonly AttributeValue[])[];
}

/**
 * Whether a partition is read from its end. Refuses an order that it does not have. Where no sort
 * key is ordered by, the last name tells.
 */
export function readsReversed({
  schema,
  order: said = [],
  values,
  fixed,
}: Ordered & { /** Sort keys that are equal to something. */ fixed: ReadonlySet<string> }) {
  const order = said.filter(({ attribute }, at) => {
    return said.findIndex((term) => term.attribute === attribute) === at;
  });
  const names = new Set(keyAttributes(schema).map(({ name }) => name));
  const elsewhere = order.find(({ attribute }) => !names.has(attribute));
  if (elsewhere) refuseInvalid(messages.orderElsewhere(elsewhere.attribute));
  checkPartitions(order, partitionNames(schema, values));
  const sorts = sortKeys(schema).map(({ name }) => name);
  const free = sorts.filter((name) => !fixed.has(name));
  const wanted = order.filter(({ attribute }) => free.includes(attribute));
  for (const [at, { attribute, descending }] of wanted.entries()) {
    // What is read comes in the order of the first sort key that is not fixed, then of the next.
    if (attribute !== free[at]) refuseInvalid(messages.orderBehind(attribute, free[at]!));
    if (descending !== wanted[0]!.descending) refuseInvalid(messages.orderBothWays(attribute));
  }
  return (wanted[0] ?? order.at(-1))?.descending ?? false;
}

/** In the order that is wanted; without one as they are. */
export function orderPartitions(
  { schema, order = [], values }: Ordered,
  partitions: readonly (readonly AttributeValue[])[],
): readonly (readonly AttributeValue[])[] {
  const names = partitionKeys(schema).map(({ name }) => name);
  const terms = order.filter(({ attribute }) => partitionNames(schema, values).has(attribute));
  return partitions.toSorted((left, right) => {
    for (const { attribute, descending } of terms) {
      const at = names.indexOf(attribute);
      const way = orderValues(left[at]!, right[at]!) ?? 0;
      if (way !== 0) return descending ? -way : way;
    }
    return 0;
  });
}

/** Parts of the partition key that tell the partitions apart. */
function partitionNames(schema: KeySchema, values: Ordered["values"]): ReadonlySet<string> {
  const apart = partitionKeys(schema).filter((_, at) => values[at]!.length > 1);
  return new Set(apart.map(({ name }) => name));
}

/** All that tells partitions apart comes before all else. */
function checkPartitions(order: readonly OrderTerm[], apart: ReadonlySet<string>): void {
  if (order.length === 0) return;
  const first = new Set(order.slice(0, apart.size).map(({ attribute }) => attribute));
  if ([...apart].some((name) => !first.has(name))) refuseInvalid(messages.orderOverPartitions);
}
