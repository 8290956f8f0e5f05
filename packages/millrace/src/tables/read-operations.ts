/** GetItem, Query, Scan. */

import {
  attributeOf,
  type BoundKeyCondition,
  bindKeyCondition,
  type Condition,
  compileKeyCondition,
  equalValues,
  type Item,
  type KeyConditionDraft,
  type Project,
} from "../expressions/mod.ts";
import type { GetItemInput, GetItemOutput, PageOutput, QueryInput, ScanInput } from "./api.ts";
import { chargeOf, readUnits } from "./capacity.ts";
import type { TableDefinition } from "./definition.ts";
import { accepted, messages, refuseInvalid } from "./errors.ts";
import { itemSize } from "./item-size.ts";
import { type FindTable, readItem, type Table } from "./item-store.ts";
import { after, type KeyRange, keyRange } from "./key-bytes.ts";
import { checkKeyValue, keyAttributes, keyBytesOfKey, keyOf, matchesSchema } from "./keys.ts";
import { readMembers, shapes } from "./members.ts";
import { type Page, readPage } from "./page.ts";
import {
  checkPlaceholdersWanted,
  readCondition,
  readPlaceholders,
  readProjection,
} from "./request-expressions.ts";
import { normalizeAttributes } from "./values.ts";

/** The item, or the part of it that was asked for; no `Item` when there is none. */
export async function getItem(find: FindTable, request: unknown): Promise<GetItemOutput> {
  const input = readMembers<GetItemInput>(shapes.getItem, request);
  checkPlaceholdersWanted(input, [input.ProjectionExpression]);
  const key = normalizeAttributes(input.Key);
  const placeholders = readPlaceholders(input);
  const project = readProjection(input.ProjectionExpression, placeholders);
  accepted(placeholders.checkAllUsed());
  const table = find(input.TableName);
  const item = await readItem(table, keyBytesOfKey(table.definition, key));
  const charge = chargeOf(input, () => readUnits(item ? itemSize(item) : 0, input.ConsistentRead));
  return item ? { Item: project ? project(item) : item, ...charge } : charge;
}

/** A page of one partition in the order of its sort key. */
export async function query(find: FindTable, request: unknown): Promise<PageOutput> {
  const input = readMembers<QueryInput>(shapes.query, request);
  const selection = readSelection(input, [input.KeyConditionExpression]);
  const table = find(input.TableName);
  const bound = bindToTable(table, selection.keyCondition!);
  checkFilterSparesKey(table.definition, selection.filter);
  const backwards = input.ScanIndexForward === false;
  let range: Partial<KeyRange> = keyRange(bound.partition, bound.sort);
  if (selection.startKey) {
    const startBytes = queryStart(table.definition, bound, selection.startKey, range as KeyRange);
    range = continueAfter(range, startBytes, backwards);
  }
  const page = await readPage(table, { ...range, reverse: backwards, limit: input.Limit });
  return answerPage(table, input, selection, page);
}

/** A page of the whole table, partition after partition. */
export async function scan(find: FindTable, request: unknown): Promise<PageOutput> {
  const input = readMembers<ScanInput>(shapes.scan, request);
  const selection = readSelection(input, []);
  const table = find(input.TableName);
  const { startKey } = selection;
  const range = startKey ? { from: after(scanStart(table.definition, startKey)) } : {};
  const page = await readPage(table, { ...range, reverse: false, limit: input.Limit });
  return answerPage(table, input, selection, page);
}

interface Selection {
  readonly keyCondition?: KeyConditionDraft;
  readonly filter?: Condition;
  readonly project?: Project;
  readonly startKey?: Item;
}

function readSelection(
  input: ScanInput & { readonly KeyConditionExpression?: string },
  keyExpressions: readonly (string | undefined)[],
): Selection {
  const { KeyConditionExpression, FilterExpression, ProjectionExpression } = input;
  const wanted = [...keyExpressions, FilterExpression, ProjectionExpression];
  checkPlaceholdersWanted(input, wanted);
  const startKey = input.ExclusiveStartKey && normalizeAttributes(input.ExclusiveStartKey);
  const placeholders = readPlaceholders(input);
  checkSelect(input);
  if (keyExpressions.length > 0 && KeyConditionExpression === undefined) {
    refuseInvalid(messages.keyConditionMissing);
  }
  const keyCondition =
    KeyConditionExpression === undefined
      ? undefined
      : accepted(compileKeyCondition(KeyConditionExpression, placeholders));
  const filter = readCondition(FilterExpression, "FilterExpression", placeholders);
  const project = readProjection(ProjectionExpression, placeholders);
  accepted(placeholders.checkAllUsed());
  return { keyCondition, filter, project, startKey };
}

function checkSelect({ Select, ProjectionExpression }: ScanInput): void {
  if (ProjectionExpression !== undefined && Select && Select !== "SPECIFIC_ATTRIBUTES") {
    refuseInvalid(messages.projectionBeside(Select));
  }
  if (Select === "ALL_PROJECTED_ATTRIBUTES") refuseInvalid(messages.indexMissing);
  if (Select === "SPECIFIC_ATTRIBUTES" && ProjectionExpression === undefined) {
    refuseInvalid(messages.projectionMissing);
  }
}

function bindToTable(table: Table, draft: KeyConditionDraft): BoundKeyCondition {
  const { definition } = table;
  const bound = accepted(bindKeyCondition(draft, definition));
  checkKeyValue(definition, definition.partitionKey, bound.partition);
  const { sort } = bound;
  if (sort && sort.operator !== "begins_with") {
    const values = sort.operator === "between" ? [sort.lower, sort.upper] : [sort.value];
    for (const value of values) checkKeyValue(definition, definition.sortKey!, value);
  }
  return bound;
}

function checkFilterSparesKey(definition: TableDefinition, filter: Condition | undefined): void {
  const named = keyAttributes(definition).find(({ name }) => filter?.attributeNames.has(name));
  if (named) refuseInvalid(messages.filterOnKey(named.name));
}

function queryStart(
  definition: TableDefinition,
  bound: BoundKeyCondition,
  startKey: Item,
  range: KeyRange,
): Uint8Array {
  const bytes = scanStart(definition, startKey);
  const partition = attributeOf(startKey, definition.partitionKey.name)!;
  if (!equalValues(partition, bound.partition)) refuseInvalid(messages.startKeyOutside);
  const inside = Buffer.compare(bytes, range.from) >= 0 && Buffer.compare(bytes, range.to) < 0;
  if (!inside) refuseInvalid(messages.startKeySort);
  return bytes;
}

function scanStart(definition: TableDefinition, startKey: Item): Uint8Array {
  if (!matchesSchema(definition, startKey)) refuseInvalid(messages.startKeyInvalid);
  return keyBytesOfKey(definition, startKey);
}

function continueAfter(
  range: Partial<KeyRange>,
  start: Uint8Array,
  backwards: boolean,
): Partial<KeyRange> {
  return backwards ? { ...range, to: start } : { ...range, from: after(start) };
}

function answerPage(
  table: Table,
  input: ScanInput,
  { filter, project }: Selection,
  page: Page,
): PageOutput {
  const found = filter ? page.items.filter((item) => filter.test(item)) : page.items;
  return {
    ...(input.Select === "COUNT" ? {} : { Items: project ? found.map(project) : found }),
    Count: found.length,
    ScannedCount: page.items.length,
    ...(page.last && { LastEvaluatedKey: keyOf(table.definition, page.last) }),
    ...chargeOf(input, () => readUnits(page.bytes, input.ConsistentRead)),
  };
}
