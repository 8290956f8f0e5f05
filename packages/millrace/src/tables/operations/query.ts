/** Query: a page of one partition, of a table or an index, in the order of its sort key. */

import {
  type AttributeValue,
  attributeOf,
  type BoundKeyCondition,
  bindKeyComparisons,
  bindKeyCondition,
  type Condition,
  compileKeyCondition,
  equalValues,
  type Item,
  type Outcome,
  type Placeholders,
} from "../../expressions/mod.ts";
import { wholePartition } from "../capacity/partition.ts";
import { readPageWithin } from "../capacity/reads.ts";
import { type KeySchema, keyAttributes, partitionKeys, sortKeys } from "../catalog/definition.ts";
import { accepted, refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";
import { answerPage, encodePage, type PageOutput } from "../read/answer.ts";
import { checkSelect, needsTable, readSelection } from "../read/selection.ts";
import { findSource, schemaOf, startBytes } from "../read/source.ts";
import { checkExpressionMembers, readNamedPlaceholders } from "../request/expressions.ts";
import { type QueryInput, queryShape } from "../request/item-shapes.ts";
import { readKeyConditions } from "../request/legacy.ts";
import { readRequest } from "../request/read.ts";
import { normalizeAttributes } from "../request/values.ts";
import { after, indexLayout, type KeyRange, keyRange, tableLayout } from "../store/key-bytes.ts";
import { checkKeySize, checkKeyValue } from "../store/keys.ts";
import { readPage, type Source } from "../store/page.ts";
import type { Context, Operation } from "./operation.ts";

export const query: Operation<PageOutput> = async (context, request) => {
  return answerPage(...(await read(context, request)));
};

export const encodeQuery: Operation<Uint8Array> = async (context, request) => {
  return encodePage(...(await read(context, request)));
};

async function read(
  { catalog }: Context,
  request: unknown,
): Promise<Parameters<typeof answerPage>> {
  const input = readRequest(queryShape, request);
  const { startKey, selection, bind } = readQuery(input);
  const source = findSource(catalog.find(input.TableName), input);
  const bound = bindToSource(source, bind);
  checkFilterSparesKey(input, schemaOf(source), selection.filter);
  needsTable(source, selection, input.Select);
  const reverse = input.ScanIndexForward === false;
  const layout = source.index ? indexLayout : tableLayout;
  const whole = keyRange(bound, layout);
  const range = startKey ? continueAfter({ source, bound, reverse }, whole, startKey) : whole;
  const limit = input.Limit === undefined ? {} : { limit: input.Limit };
  const partition = wholePartition(partitionOf(bound));
  const reading = { source, partition, consistent: input.ConsistentRead };
  const page = await readPageWithin(reading, () =>
    readPage(source, { ...range, reverse, ...limit }),
  );
  return [source, input, selection, page];
}

type Bind = (schema: KeySchema) => Outcome<BoundKeyCondition>;

function readQuery(input: QueryInput) {
  checkExpressionMembers(queryShape, input);
  const startKey = input.ExclusiveStartKey && normalizeAttributes(input.ExclusiveStartKey);
  const placeholders = readNamedPlaceholders(input);
  checkSelect(input, "Query");
  const bind = readKeyCondition(input, placeholders);
  const selection = readSelection(input, input.QueryFilter, placeholders);
  accepted(placeholders.checkAllUsed());
  return { startKey, selection, bind };
}

function readKeyCondition(input: QueryInput, placeholders: Placeholders): Bind {
  const { KeyConditionExpression: source, KeyConditions } = input;
  if (KeyConditions) {
    const comparisons = readKeyConditions(KeyConditions);
    return (schema) => bindKeyComparisons(comparisons, schema);
  }
  if (source === undefined) refuseInvalid(messages.keyConditionMissing);
  const draft = accepted(compileKeyCondition(source, placeholders));
  return (schema) => bindKeyCondition(draft, schema);
}

function bindToSource(source: Source, bind: Bind): BoundKeyCondition {
  const schema = schemaOf(source);
  const bound = accepted(bind(schema));
  const fixedSorts = bound.further?.sort ?? [];
  const [partitions, sorts] = [partitionKeys(schema), sortKeys(schema)];
  for (const [at, value] of partitionOf(bound).entries()) {
    checkKeyValue(schema, partitions[at]!, value);
  }
  for (const [at, value] of fixedSorts.entries()) checkKeyValue(schema, sorts[at]!, value);
  const { sort } = bound;
  const compared = sorts[fixedSorts.length]!;
  // Everything begins with nothing.
  if (sort?.operator === "begins_with") checkKeySize(schema, compared, sort.value);
  else if (sort) {
    const values = sort.operator === "between" ? [sort.lower, sort.upper] : [sort.value];
    for (const value of values) checkKeyValue(schema, compared, value);
  }
  return bound;
}

/** Nearly always one value. */
function partitionOf({ partition, further }: BoundKeyCondition): readonly AttributeValue[] {
  return [partition, ...(further?.partition ?? [])];
}

function checkFilterSparesKey(
  input: QueryInput,
  schema: KeySchema,
  filter: Condition | undefined,
): void {
  const named = keyAttributes(schema).find(({ name }) => filter?.attributeNames.has(name));
  if (!named) return;
  const kind = input.QueryFilter ? "QueryFilter" : "Filter Expression";
  refuseInvalid(messages.filterOnKey(kind, named.name));
}

interface Continuation {
  readonly source: Source;
  readonly bound: BoundKeyCondition;
  readonly reverse: boolean;
}

function continueAfter(
  { source, bound, reverse }: Continuation,
  range: KeyRange,
  startKey: Item,
): KeyRange {
  const start = startBytes(source, startKey);
  const names = partitionKeys(schemaOf(source)).map(({ name }) => name);
  const isThere = partitionOf(bound).every((value, at) => {
    return equalValues(attributeOf(startKey, names[at]!)!, value);
  });
  if (!isThere) refuseInvalid(messages.startKeyOutside);
  const inside = Buffer.compare(start, range.from) >= 0 && Buffer.compare(start, range.to) < 0;
  if (!inside) refuseInvalid(messages.startKeySort);
  return reverse ? { ...range, to: start } : { ...range, from: after(start) };
}
