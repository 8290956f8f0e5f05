/**
 * BatchWriteItem: up to 25 puts and deletes of any tables, side by side and each by itself.
 *
 * Everything is checked before anything is written, and all of it shares commits; only what there
 * is no capacity left for stays unprocessed.
 */

import type { Item } from "../../expressions/mod.ts";
import { isThrottled } from "../capacity/refusal.ts";
import { refuseInvalid } from "../errors.ts";
import { batchWriteCountMax, itemBytesMax } from "../limits.ts";
import { messages } from "../messages.ts";
import { type BatchWriteItemInput, batchWriteItemShape } from "../request/item-shapes.ts";
import { readRequest } from "../request/read.ts";
import { normalizeAttributes } from "../request/values.ts";
import { chargeOfWrite } from "../store/capacity.ts";
import { itemSize } from "../store/item-size.ts";
import { updateItemAt } from "../store/item-store.ts";
import type { FindTable } from "../store/table.ts";
import { ChargeList, collectionsOf } from "../write/answer.ts";
import { bindDelete, bindPut, type ItemWrite } from "../write/item-write.ts";
import type { Operation } from "./operation.ts";

type WriteRequest = BatchWriteItemInput["RequestItems"][string][number];

/** One write, read but not yet held against its table. */
interface BatchWrite {
  readonly tableName: string;
  readonly kind: "put" | "delete";
  /** The item to put, or the key of the one to delete. */
  readonly item: Item;
}

export const batchWriteItem: Operation = async ({ catalog }, request) => {
  const input = readRequest(batchWriteItemShape, request);
  const requests = Object.entries(input.RequestItems).flatMap(([tableName, writes]) =>
    writes.map((write) => readWriteRequest(tableName, write)),
  );
  if (requests.length === 0) refuseInvalid(messages.batchWriteEmpty);
  if (requests.length > batchWriteCountMax) {
    refuseInvalid(messages.batchTooLarge("BatchWriteItem"));
  }
  const writes = requests.map((write) => bindWrite(catalog.find, write));
  checkDistinct(writes);
  const charges = new ChargeList(input);
  const refusals = await Promise.all(
    writes.map(async (write, at) => {
      try {
        const { old, item } = await perform(write);
        charges.add(requests[at]!.tableName, () => chargeOfWrite(write.table, old, item));
        return undefined;
      } catch (thrown) {
        if (isThrottled(thrown)) return thrown;
        throw thrown;
      }
    }),
  );
  // Only when nothing at all could be written is that an error.
  if (refusals.every((refusal) => refusal !== undefined)) throw refusals[0];
  const written = writes
    .map(({ table }, at) => ({ table, item: requests[at]!.item }))
    .filter((_, at) => !refusals[at]);
  return {
    UnprocessedItems: unprocessed(requests.filter((_, at) => refusals[at])),
    ...collectionsOf(input, written),
    ...charges.show(),
  };
};

function readWriteRequest(tableName: string, request: WriteRequest): BatchWrite {
  const { PutRequest, DeleteRequest } = request;
  if (PutRequest && DeleteRequest) refuseInvalid(messages.writeRequestMany);
  if (DeleteRequest) {
    return { tableName, kind: "delete", item: normalizeAttributes(DeleteRequest.Key) };
  }
  if (!PutRequest) refuseInvalid(messages.writeRequestEmpty);
  const item = normalizeAttributes(PutRequest.Item);
  if (itemSize(item) > itemBytesMax) refuseInvalid(messages.itemSize);
  return { tableName, kind: "put", item };
}

/** As they were asked for, by table; also one of a name that objects have by themselves. */
function unprocessed(writes: readonly BatchWrite[]): Record<string, object[]> {
  const left = new Map<string, object[]>();
  for (const { tableName, kind, item } of writes) {
    const request =
      kind === "put" ? { PutRequest: { Item: item } } : { DeleteRequest: { Key: item } };
    left.set(tableName, [...(left.get(tableName) ?? []), request]);
  }
  return Object.fromEntries(left);
}

const unconditional = { condition: undefined, showsItem: false };

function bindWrite(find: FindTable, { tableName, kind, item }: BatchWrite): ItemWrite {
  const bind = kind === "put" ? bindPut : bindDelete;
  return bind(find(tableName), item, unconditional);
}

function checkDistinct(writes: readonly ItemWrite[]): void {
  if (hasRepeatedTarget(writes)) refuseInvalid(messages.keysRepeated);
}

/** Whether two of them are about one item. */
export function hasRepeatedTarget(writes: readonly Pick<ItemWrite, "table" | "key">[]): boolean {
  const spelled = writes.map(({ table, key }) => {
    return `${table.itemSpace}\0${Buffer.from(key).toString("latin1")}`;
  });
  return new Set(spelled).size < spelled.length;
}

/** The item as it was and as it is now. */
function perform(write: ItemWrite) {
  return updateItemAt(write, (old) => {
    const item = write.apply(old);
    return { item, result: { old, item } };
  });
}
