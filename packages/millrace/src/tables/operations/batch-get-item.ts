/**
 * BatchGetItem: up to 100 items of any tables, side by side and each by itself.
 *
 * What would bring the answer past 16 MB stays unprocessed, for the next call.
 */

import type { Item, Projection } from "../../expressions/mod.ts";
import { refuseInvalid } from "../errors.ts";
import { batchBytesMax, batchGetCountMax } from "../limits.ts";
import { messages } from "../messages.ts";
import { checkExpressionMembers } from "../request/expressions.ts";
import {
  type BatchGetItemInput,
  batchGetItemShape,
  keysAndAttributesShape,
} from "../request/item-shapes.ts";
import { readRequest } from "../request/read.ts";
import { normalizeAttributes } from "../request/values.ts";
import { noCharge, readUnits } from "../store/capacity.ts";
import { itemSize } from "../store/item-size.ts";
import { readItem } from "../store/item-store.ts";
import { keyBytesOfKey } from "../store/keys.ts";
import type { Table } from "../store/table.ts";
import { ChargeList } from "../write/answer.ts";
import { readWholeProjection } from "./get-item.ts";
import type { Operation } from "./operation.ts";

type TableRequest = BatchGetItemInput["RequestItems"][string];

/** What is asked of one table. */
interface TableRead {
  readonly name: string;
  readonly request: TableRequest;
  readonly keys: readonly Item[];
  readonly projection: Projection | undefined;
}

export const batchGetItem: Operation = async ({ catalog }, request) => {
  const input = readRequest(batchGetItemShape, request);
  const reads = Object.entries(input.RequestItems).map(readTableRequest);
  if (reads.reduce((count, { keys }) => count + keys.length, 0) > batchGetCountMax) {
    refuseInvalid(messages.batchTooLarge("BatchGetItem"));
  }
  const bound = reads.map((read) => bindKeys(catalog.find(read.name), read));
  const answer = new BatchAnswer(input);
  for (const read of bound) {
    const items = await Promise.all(read.keyBytes.map((key) => readItem(read.table, key)));
    for (const [at, item] of items.entries()) answer.add(read, at, item);
  }
  return {
    Responses: Object.fromEntries(answer.responses),
    UnprocessedKeys: Object.fromEntries(answer.unprocessed),
    ...answer.charges.show(),
  };
};

function readTableRequest([name, request]: [string, TableRequest]): TableRead {
  checkExpressionMembers(keysAndAttributesShape, request);
  const keys = request.Keys.map(normalizeAttributes);
  return { name, request, keys, projection: readWholeProjection(request) };
}

interface BoundRead extends TableRead {
  readonly table: Table;
  readonly keyBytes: readonly Uint8Array[];
}

function bindKeys(table: Table, read: TableRead): BoundRead {
  const keyBytes = read.keys.map((key) => keyBytesOfKey(table.definition, key));
  const spelled = new Set(keyBytes.map((bytes) => Buffer.from(bytes).toString("latin1")));
  if (spelled.size < keyBytes.length) refuseInvalid(messages.keysRepeated);
  return { ...read, table, keyBytes };
}

class BatchAnswer {
  readonly responses = new Map<string, Item[]>();
  readonly unprocessed = new Map<string, TableRequest & { Keys: Item[] }>();
  readonly charges: ChargeList;
  #bytes = 0;

  constructor(input: BatchGetItemInput) {
    this.charges = new ChargeList(input);
  }

  add(read: BoundRead, at: number, item: Item | undefined): void {
    const { name, request, projection } = read;
    const size = item ? itemSize(item) : 0;
    const shown = this.responses.get(name) ?? [];
    this.responses.set(name, shown);
    if (this.#bytes + size > batchBytesMax) {
      const left = this.unprocessed.get(name) ?? { ...request, Keys: [] };
      left.Keys.push(read.keys[at]!);
      this.unprocessed.set(name, left);
      return;
    }
    this.#bytes += size;
    const units = () => readUnits(size, request.ConsistentRead);
    this.charges.add(name, () => ({ ...noCharge, table: units() }));
    if (item) shown.push(projection ? projection.project(item) : item);
  }
}
