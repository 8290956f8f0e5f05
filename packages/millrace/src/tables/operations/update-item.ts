/** UpdateItem: edits the item, or makes it; an update that cannot be applied changes nothing. */

import {
  compileLegacyUpdate,
  compileUpdate,
  type Item,
  type Placeholders,
  projectionOf,
  type Update,
} from "../../expressions/mod.ts";
import { accepted, enveloped } from "../errors.ts";
import { checkExpressionMembers, readPlaceholders } from "../request/expressions.ts";
import { type UpdateItemInput, updateItemShape } from "../request/item-shapes.ts";
import { readExpected } from "../request/legacy.ts";
import { readRequest } from "../request/read.ts";
import { checkNameSize, normalizeAttributes, normalizeValue } from "../request/values.ts";
import { chargeOfWrite } from "../store/capacity.ts";
import { updateItemAt } from "../store/item-store.ts";
import type { StoredItem } from "../store/stored-item.ts";
import { chargedFor, collectionOf } from "../write/answer.ts";
import { bindUpdate, guardWith, readGuard } from "../write/item-write.ts";
import type { Operation } from "./operation.ts";
import { returnOld, type WriteOutput } from "./put-item.ts";

export const updateItem: Operation<WriteOutput> = async ({ catalog }, request) => {
  const { input, key, update, guard } = enveloped(() => readUpdate(request));
  const table = catalog.find(input.TableName);
  const write = bindUpdate(table, { key, update }, guard);
  return updateItemAt(write, (old) => {
    const next = write.apply(old);
    const result = {
      ...returnUpdated({ input, update }, old, next),
      ...chargedFor(input, () => chargeOfWrite(table, old, next)),
      ...collectionOf(input, table, key),
    };
    return { item: next, result };
  });
};

function readUpdate(request: unknown) {
  const input = readRequest(updateItemShape, request);
  checkExpressionMembers(updateItemShape, input);
  const key = normalizeAttributes(input.Key);
  const older = readAttributeUpdates(input.AttributeUpdates);
  const expected = readExpected(input.Expected, input.ConditionalOperator);
  if (older || expected) return { input, key, update: older, guard: guardWith(input, expected) };
  const placeholders = readPlaceholders(input);
  const update = readUpdateExpression(input.UpdateExpression, placeholders);
  const guard = readGuard(input, placeholders);
  accepted(placeholders.checkAllUsed());
  return { input, key, update, guard };
}

/** `undefined` when the request has none. */
export function readUpdateExpression(
  source: string | undefined,
  placeholders: Placeholders,
): Update | undefined {
  return source === undefined ? undefined : accepted(compileUpdate(source, placeholders));
}

function readAttributeUpdates(given: UpdateItemInput["AttributeUpdates"]): Update | undefined {
  if (!given) return undefined;
  const actions = Object.entries(given).map(([attribute, { Action, Value }]) => {
    checkNameSize(attribute);
    const value = Value && normalizeValue(Value);
    return { attribute, action: Action ?? "PUT", ...(value && { value }) };
  });
  return accepted(compileLegacyUpdate(actions));
}

interface Returning {
  readonly input: UpdateItemInput;
  readonly update: Update | undefined;
}

function returnUpdated(
  { input, update }: Returning,
  old: StoredItem | undefined,
  item: StoredItem | undefined,
): { Attributes?: Item } {
  switch (input.ReturnValues) {
    case "ALL_OLD":
      return returnOld(input, old);
    case "ALL_NEW":
      return item ? { Attributes: item.item } : {};
    case "UPDATED_OLD":
      return returnTouched(update, old?.item);
    case "UPDATED_NEW":
      return returnTouched(update, item?.item);
    default:
      return {};
  }
}

function returnTouched(update: Update | undefined, item: Item | undefined): { Attributes?: Item } {
  if (!update || !item) return {};
  const Attributes = projectionOf(update.paths)(item);
  return Object.keys(Attributes).length > 0 ? { Attributes } : {};
}
