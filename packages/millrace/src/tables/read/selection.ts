/** What a Query or Scan shows of the items it meets: filter, projection, Select. */

import type { Condition, Item, Placeholders, Projection } from "../../expressions/mod.ts";
import { refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";
import { readCondition, readProjection } from "../request/expressions.ts";
import type { QueryInput } from "../request/item-shapes.ts";
import { readFilter } from "../request/legacy.ts";
import type { Source } from "../store/page.ts";

type LegacyFilter = QueryInput["QueryFilter"];

export interface Selection {
  readonly filter: Condition | undefined;
  readonly projection: Projection | undefined;
}

type SelectionInput = Pick<
  QueryInput,
  | "FilterExpression"
  | "ProjectionExpression"
  | "AttributesToGet"
  | "ConditionalOperator"
  | "Select"
  | "IndexName"
>;

/** Refuses expressions that are not valid; the table is not looked at. */
export function readSelection(
  input: SelectionInput,
  legacyFilter: LegacyFilter,
  placeholders: Placeholders,
): Selection {
  const { FilterExpression, ConditionalOperator } = input;
  const filter =
    readFilter(legacyFilter, ConditionalOperator) ??
    readCondition(FilterExpression, "FilterExpression", placeholders);
  return { filter, projection: readProjection(input, placeholders) };
}

/**
 * Refuses a Select that does not go with what else is asked for. Of a projection, be it unwanted or
 * missing, the service says it in two forms, by the operation.
 */
export function checkSelect(input: SelectionInput, by: "Query" | "Scan"): void {
  const refuseProjection = (message: string) =>
    refuseInvalid(by === "Query" ? messages.violations([message]) : message);
  const { Select, ProjectionExpression, AttributesToGet, IndexName } = input;
  if (Select && Select !== "SPECIFIC_ATTRIBUTES") {
    if (AttributesToGet) refuseInvalid(messages.attributesToGetBeside(Select));
    if (ProjectionExpression !== undefined) {
      refuseProjection(messages.projectionBeside(Select));
    }
  }
  if (Select === "ALL_PROJECTED_ATTRIBUTES" && IndexName === undefined) {
    refuseInvalid(messages.indexMissing);
  }
  if (Select === "SPECIFIC_ATTRIBUTES" && !AttributesToGet && ProjectionExpression === undefined) {
    refuseProjection(messages.projectionMissing);
  }
}

/**
 * Whether items must be fetched from the table because the index does not hold all that is asked
 * for. A global index cannot; what it does not project is refused.
 */
export function needsTable(
  { index }: Source,
  { filter, projection }: Selection,
  select: QueryInput["Select"],
): boolean {
  if (!index) return false;
  const { definition, projectedNames: held } = index;
  if (!held) return false;
  const { name, scope } = definition;
  if (select === "ALL_ATTRIBUTES") {
    return scope === "local" || refuseInvalid(messages.indexNotAll(name));
  }
  const asked = [...(projection?.attributeNames ?? []), ...(filter?.attributeNames ?? [])];
  const missing = [...new Set(asked)].filter((attribute) => !held.has(attribute));
  if (missing.length === 0) return false;
  return scope === "local" || refuseInvalid(messages.indexNotProjected(name, missing));
}

/** The items that are shown, as they are shown. */
export function select({ filter, projection }: Selection, items: readonly Item[]): readonly Item[] {
  const found = filter ? items.filter((item) => filter.test(item)) : items;
  return projection ? found.map(projection.project) : found;
}
