/**
 * PutItem, UpdateItem, DeleteItem.
 *
 * Each reads its request first, without the table; what is wrong there comes in the service's
 * envelope. Then the key is held against the table. The condition is met, or not, inside the
 * update of the store, on the newest item.
 */

import {
  type Condition,
  compileUpdate,
  type Item,
  projectionOf,
  type Update,
} from "../expressions/mod.ts";
import type { DeleteItemInput, PutItemInput, UpdateItemInput, WriteOutput } from "./api.ts";
import { chargeOf, writeUnits } from "./capacity.ts";
import { accepted, enveloped, messages, refuse, refuseInvalid } from "./errors.ts";
import { itemSize } from "./item-size.ts";
import { type FindTable, type Table, updateItemAt } from "./item-store.ts";
import { keyAttributes, keyBytesOfItem, keyBytesOfKey } from "./keys.ts";
import { itemBytesMax } from "./limits.ts";
import { readMembers, shapes } from "./members.ts";
import { checkPlaceholdersWanted, readCondition, readPlaceholders } from "./request-expressions.ts";
import { checkNesting, normalizeAttributes } from "./values.ts";

/** Replaces whatever item has the key. */
export async function putItem(find: FindTable, request: unknown): Promise<WriteOutput> {
  const { input, item, condition } = enveloped(() => readPut(request));
  const table = find(input.TableName);
  const key = keyBytesOfItem(table.definition, item);
  return updateItemAt(table, key, (old) => {
    checkCondition(condition, old, input);
    return { item, result: { ...returnOld(input, old), ...chargeWrite(input, old, item) } };
  });
}

/** No error when there is no such item. */
export async function deleteItem(find: FindTable, request: unknown): Promise<WriteOutput> {
  const { input, key, condition } = enveloped(() => readDelete(request));
  const table = find(input.TableName);
  const keyBytes = keyBytesOfKey(table.definition, key);
  return updateItemAt(table, keyBytes, (old) => {
    checkCondition(condition, old, input);
    const result = { ...returnOld(input, old), ...chargeWrite(input, old, undefined) };
    return { item: undefined, result };
  });
}

/** Edits the item, or makes it; an update that cannot be applied changes nothing. */
export async function updateItem(find: FindTable, request: unknown): Promise<WriteOutput> {
  const { input, key, condition, update } = enveloped(() => readUpdate(request));
  const table = find(input.TableName);
  const keyBytes = keyBytesOfKey(table.definition, key);
  checkKeyUntouched(table, update);
  return updateItemAt(table, keyBytes, (old) => {
    checkCondition(condition, old, input);
    const item = applyUpdate(update, old, key);
    const Attributes = returnUpdated(input, update, old, item);
    return { item, result: { ...Attributes, ...chargeWrite(input, old, item) } };
  });
}

function readPut(request: unknown) {
  const input = readMembers<PutItemInput>(shapes.putItem, request);
  checkPlaceholdersWanted(input, [input.ConditionExpression]);
  const item = normalizeAttributes(input.Item);
  checkReturnsOldOnly(input.ReturnValues);
  if (itemSize(item) > itemBytesMax) refuseInvalid(messages.itemSize);
  return { input, item, condition: readOnlyCondition(input) };
}

function readDelete(request: unknown) {
  const input = readMembers<DeleteItemInput>(shapes.deleteItem, request);
  checkPlaceholdersWanted(input, [input.ConditionExpression]);
  const key = normalizeAttributes(input.Key);
  checkReturnsOldOnly(input.ReturnValues);
  return { input, key, condition: readOnlyCondition(input) };
}

function readUpdate(request: unknown) {
  const input = readMembers<UpdateItemInput>(shapes.updateItem, request);
  const { UpdateExpression, ConditionExpression } = input;
  checkPlaceholdersWanted(input, [UpdateExpression, ConditionExpression]);
  const key = normalizeAttributes(input.Key);
  const placeholders = readPlaceholders(input);
  const update =
    UpdateExpression === undefined
      ? undefined
      : accepted(compileUpdate(UpdateExpression, placeholders));
  const condition = readCondition(ConditionExpression, "ConditionExpression", placeholders);
  accepted(placeholders.checkAllUsed());
  return { input, key, update, condition };
}

function readOnlyCondition(input: PutItemInput | DeleteItemInput): Condition | undefined {
  const placeholders = readPlaceholders(input);
  const { ConditionExpression } = input;
  const condition = readCondition(ConditionExpression, "ConditionExpression", placeholders);
  accepted(placeholders.checkAllUsed());
  return condition;
}

function checkReturnsOldOnly(returnValues: string | undefined): void {
  if (returnValues === undefined || returnValues === "ALL_OLD" || returnValues === "NONE") return;
  refuseInvalid(messages.returnOldOnly);
}

function checkCondition(
  condition: Condition | undefined,
  old: Item | undefined,
  input: { readonly ReturnValuesOnConditionCheckFailure?: string },
): void {
  if (!condition || condition.test(old ?? {})) return;
  const shown = input.ReturnValuesOnConditionCheckFailure === "ALL_OLD" ? old : undefined;
  refuse("ConditionalCheckFailedException", messages.conditionFailed, shown);
}

function checkKeyUntouched(table: Table, update: Update | undefined): void {
  for (const { name } of keyAttributes(table.definition)) {
    const touched = update?.paths.some(([first]) => first === name);
    if (touched) refuseInvalid(messages.keyUpdate(name));
  }
}

/** Removing from an item that is not there does not bring it into being. */
function applyUpdate(
  update: Update | undefined,
  old: Item | undefined,
  key: Item,
): Item | undefined {
  if (!update) return old ?? key;
  const item = accepted(update.apply(old ?? key));
  if (!old && !update.createsItem) return undefined;
  checkNesting(item);
  if (itemSize(item) > itemBytesMax) refuseInvalid(messages.updatedItemSize);
  return item;
}

function returnOld(
  input: { readonly ReturnValues?: string },
  old: Item | undefined,
): { Attributes?: Item } {
  return input.ReturnValues === "ALL_OLD" && old ? { Attributes: old } : {};
}

function returnUpdated(
  input: UpdateItemInput,
  update: Update | undefined,
  old: Item | undefined,
  item: Item | undefined,
): { Attributes?: Item } {
  switch (input.ReturnValues) {
    case "ALL_OLD":
      return returnOld(input, old);
    case "ALL_NEW":
      return item ? { Attributes: item } : {};
    case "UPDATED_OLD":
      return returnTouched(update, old);
    case "UPDATED_NEW":
      return returnTouched(update, item);
    default:
      return {};
  }
}

function returnTouched(update: Update | undefined, item: Item | undefined): { Attributes?: Item } {
  if (!update || !item) return {};
  const Attributes = projectionOf(update.paths)(item);
  return Object.keys(Attributes).length > 0 ? { Attributes } : {};
}

function chargeWrite(
  input: PutItemInput | DeleteItemInput | UpdateItemInput,
  old: Item | undefined,
  item: Item | undefined,
) {
  const size = (of: Item | undefined) => (of ? itemSize(of) : 0);
  return chargeOf(input, () => writeUnits(size(old), size(item)));
}
