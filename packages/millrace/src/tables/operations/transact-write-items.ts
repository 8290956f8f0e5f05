/**
 * TransactWriteItems: up to 100 writes of any tables, which all happen or none.
 *
 * All conditions are met on one moment's items, inside one update of the store; nobody sees some of
 * the writes without the others.
 */

import type { Item } from "../../expressions/mod.ts";
import { accepted, refuseInvalid } from "../errors.ts";
import { itemBytesMax, transactionBytesMax } from "../limits.ts";
import { messages } from "../messages.ts";
import { checkExpressionMembers, readPlaceholders } from "../request/expressions.ts";
import {
  type TransactWriteItem,
  transactPutShape,
  transactUpdateShape,
  transactWriteItemsShape,
} from "../request/item-shapes.ts";
import { readRequest } from "../request/read.ts";
import { normalizeAttributes, normalizeOperands } from "../request/values.ts";
import { itemSize } from "../store/item-size.ts";
import type { FindTable, Table } from "../store/table.ts";
import { ChargeList, collectionsOf } from "../write/answer.ts";
import {
  bindCheck,
  bindDelete,
  bindPut,
  bindUpdate,
  type ItemWrite,
  readGuard,
} from "../write/item-write.ts";
import { readToken } from "../write/tokens.ts";
import { bindEach, chargeOfTransactWrite, unitsOf, writeTogether } from "../write/transaction.ts";
import { hasRepeatedTarget } from "./batch-write-item.ts";
import type { Operation } from "./operation.ts";
import { readUpdateExpression } from "./update-item.ts";

/** One write, read but not yet held against its table. */
interface TransactWrite {
  readonly tableName: string;
  /** The item to put, or the key of any other. */
  readonly item: Item;
  bind(table: Table): ItemWrite;
}

export const transactWriteItems: Operation = async ({ catalog, clock }, request) => {
  const input = readRequest(transactWriteItemsShape, request);
  const requests = input.TransactItems.map(readTransactItem);
  checkSize(requests);
  const writes = bindWrites(catalog.find, requests);
  if (hasRepeatedTarget(writes)) refuseInvalid(messages.transactRepeated);
  const token = readToken("TransactWriteItems", input, clock.now());
  const together = await writeTogether(writes, token);
  const charges = new ChargeList(input);
  for (const [at, { table }] of writes.entries()) {
    charges.add(requests[at]!.tableName, () => chargeOfTransactWrite(table, together, at));
  }
  const written = writes.map(({ table }, at) => ({ table, item: requests[at]!.item }));
  return {
    ...collectionsOf(input, written),
    ...charges.show(unitsOf(together)),
  };
};

function readTransactItem(item: TransactWriteItem): TransactWrite {
  const { ConditionCheck, Put, Delete, Update } = item;
  const given = [ConditionCheck, Put, Delete, Update].filter((one) => one !== undefined);
  const [only, ...others] = given;
  if (!only || others.length > 0) refuseInvalid(messages.transactOne);
  checkExpressionMembers(Update ? transactUpdateShape : transactPutShape, only);
  if (Put) return readPut(Put);
  if (Update) return readUpdate(Update);
  return readKeyed((ConditionCheck ?? Delete)!, ConditionCheck ? bindCheck : bindDelete);
}

function readPut(put: NonNullable<TransactWriteItem["Put"]>): TransactWrite {
  const item = normalizeAttributes(put.Item);
  if (itemSize(item) > itemBytesMax) refuseInvalid(messages.itemSize);
  const guard = readOnlyGuard(put);
  const bind = (table: Table) => bindPut(table, item, guard);
  return { tableName: put.TableName, item, bind };
}

function readUpdate(update: NonNullable<TransactWriteItem["Update"]>): TransactWrite {
  const key = normalizeAttributes(update.Key);
  const placeholders = readPlaceholders(update, normalizeOperands);
  const edit = { key, update: readUpdateExpression(update.UpdateExpression, placeholders) };
  const guard = readGuard(update, placeholders);
  accepted(placeholders.checkAllUsed());
  const bind = (table: Table) => bindUpdate(table, edit, guard);
  return { tableName: update.TableName, item: key, bind };
}

type Keyed = NonNullable<TransactWriteItem["Delete"] | TransactWriteItem["ConditionCheck"]>;

function readKeyed(keyed: Keyed, bindTo: typeof bindCheck): TransactWrite {
  const key = normalizeAttributes(keyed.Key);
  const guard = readOnlyGuard(keyed);
  const bind = (table: Table) => bindTo(table, key, guard);
  return { tableName: keyed.TableName, item: key, bind };
}

/** The condition of a write that has no other expression. */
function readOnlyGuard(
  input: Parameters<typeof readGuard>[0] & Parameters<typeof readPlaceholders>[0],
) {
  const placeholders = readPlaceholders(input, normalizeOperands);
  const guard = readGuard(input, placeholders);
  accepted(placeholders.checkAllUsed());
  return guard;
}

function checkSize(requests: readonly TransactWrite[]): void {
  const bytes = requests.reduce((sum, { item }) => sum + itemSize(item), 0);
  if (bytes > transactionBytesMax) refuseInvalid(messages.transactSize);
}

function bindWrites(find: FindTable, requests: readonly TransactWrite[]): readonly ItemWrite[] {
  return bindEach(requests, ({ tableName, bind }) => {
    const table = find(tableName);
    return () => bind(table);
  });
}
