/** PutItem: replaces whatever item has the key. */

import { utf8 } from "../../base/mod.ts";
import type { Item } from "../../expressions/mod.ts";
import { accepted, enveloped, refuseInvalid } from "../errors.ts";
import { itemBytesMax } from "../limits.ts";
import { messages } from "../messages.ts";
import { checkExpressionMembers, readPlaceholders } from "../request/expressions.ts";
import { type PutItemInput, putItemShape } from "../request/item-shapes.ts";
import { readExpected } from "../request/legacy.ts";
import { isPlainItem, isPlainRequest, plainKeyOfItem } from "../request/plain.ts";
import { readRequest } from "../request/read.ts";
import { normalizeAttributes } from "../request/values.ts";
import { chargeOfWrite } from "../store/capacity.ts";
import { itemSize } from "../store/item-size.ts";
import { putItemAt, updateItemAt } from "../store/item-store.ts";
import { StoredItem } from "../store/stored-item.ts";
import { type Charged, chargedFor, collectionOf } from "../write/answer.ts";
import { bindPut, guardWith, readGuard } from "../write/item-write.ts";
import type { Context, Encoder, Operation } from "./operation.ts";

export interface WriteOutput extends Charged {
  readonly Attributes?: Item;
}

export const putItem: Operation<WriteOutput> = async ({ catalog }, request) => {
  const { input, item, guard } = enveloped(() => readPut(request));
  const table = catalog.find(input.TableName);
  const write = bindPut(table, item, guard);
  return updateItemAt(write, (old) => {
    const next = write.apply(old);
    const result = {
      ...returnOld(input, old),
      ...chargedFor(input, () => chargeOfWrite(table, old, next)),
      ...collectionOf(input, table, item),
    };
    return { item: next, result };
  });
};

function readPut(request: unknown) {
  const input = readRequest(putItemShape, request);
  checkExpressionMembers(putItemShape, input);
  const item = normalizeAttributes(input.Item);
  checkReturnsOldOnly(input.ReturnValues);
  if (itemSize(item) > itemBytesMax) refuseInvalid(messages.itemSize);
  return { input, item, guard: readWholeGuard(input) };
}

/** The same as the JSON of the answer. */
export const encodePutItem: Encoder = (context, request) =>
  encodePlain(context, request) ??
  putItem(context, request).then((output) => utf8(JSON.stringify(output)));

/** For a request that asks for nothing beside the item; of others it says nothing. */
function encodePlain(
  { catalog }: Pick<Context, "catalog">,
  request: unknown,
): Promise<Uint8Array> | undefined {
  if (!isPlainRequest(request, "Item")) return undefined;
  const table = catalog.get(request.TableName);
  const item = request.Item;
  // What stands in a key of an index has rules of its own.
  if (!table || table.indexes.length > 0 || !isPlainItem(item)) return undefined;
  const key = plainKeyOfItem(table.definition, item);
  const size = itemSize(item);
  if (!key || size > itemBytesMax) return undefined;
  return putItemAt({ table, key }, StoredItem.of(item, size), emptyAnswer);
}

const emptyAnswer = utf8("{}");

type Guarded = Omit<PutItemInput, "Item">;

/** The condition of a write that has no other expression, in either form. */
export function readWholeGuard(input: Guarded) {
  const expected = readExpected(input.Expected, input.ConditionalOperator);
  if (expected) return guardWith(input, expected);
  const placeholders = readPlaceholders(input);
  const guard = readGuard(input, placeholders);
  accepted(placeholders.checkAllUsed());
  return guard;
}

export function checkReturnsOldOnly(returnValues: string | undefined): void {
  if (returnValues === undefined || returnValues === "ALL_OLD" || returnValues === "NONE") return;
  refuseInvalid(messages.returnOldOnly);
}

export function returnOld(
  input: { readonly ReturnValues?: string | undefined },
  old: StoredItem | undefined,
): { Attributes?: Item } {
  return input.ReturnValues === "ALL_OLD" && old ? { Attributes: old.item } : {};
}
