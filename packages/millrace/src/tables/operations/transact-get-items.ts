/** TransactGetItems: up to 100 items as they are at one moment. */

import type { Item } from "../../expressions/mod.ts";
import { refuseInvalid } from "../errors.ts";
import { transactionBytesMax } from "../limits.ts";
import { messages } from "../messages.ts";
import { checkExpressionMembers } from "../request/expressions.ts";
import {
  type TransactGetItemsInput,
  transactGetItemsShape,
  transactGetShape,
} from "../request/item-shapes.ts";
import { readRequest } from "../request/read.ts";
import { normalizeAttributes } from "../request/values.ts";
import { updateItemsAt } from "../store/item-store.ts";
import { keyBytesOfKey } from "../store/keys.ts";
import { ChargeList } from "../write/answer.ts";
import { bindEach, chargeOfTransactRead } from "../write/transaction.ts";
import { hasRepeatedTarget } from "./batch-write-item.ts";
import { readWholeProjection } from "./get-item.ts";
import type { Operation } from "./operation.ts";

type Get = TransactGetItemsInput["TransactItems"][number]["Get"];

export const transactGetItems: Operation = async ({ catalog }, request) => {
  const input = readRequest(transactGetItemsShape, request);
  const gets = input.TransactItems.map(({ Get }) => readGet(Get));
  const targets = bindEach(gets, ({ tableName, key }) => {
    const table = catalog.find(tableName);
    return () => ({ table, key: keyBytesOfKey(table.definition, key) });
  });
  if (hasRepeatedTarget(targets)) refuseInvalid(messages.transactRepeated);
  // A decision that changes nothing sees all of them at one moment.
  const items = await updateItemsAt({ targets, beside: [], kind: "transactRead" }, (found) => {
    return { items: found, changes: [], result: found };
  });
  const bytes = items.reduce((sum, item) => sum + (item?.size ?? 0), 0);
  if (bytes > transactionBytesMax) refuseInvalid(messages.transactSize);
  const charges = new ChargeList(input);
  const Responses = items.map((item, at) => {
    const { tableName, projection } = gets[at]!;
    charges.add(tableName, () => chargeOfTransactRead(item?.size ?? 0));
    if (!item) return {};
    return { Item: projection ? projection.project(item.item) : item.item };
  });
  return { Responses, ...charges.show("ReadCapacityUnits") };
};

function readGet(get: Get) {
  checkExpressionMembers(transactGetShape, get);
  const key: Item = normalizeAttributes(get.Key);
  return { tableName: get.TableName, key, projection: readWholeProjection(get) };
}
