/**
 * BatchGetItem: up to 100 items of any tables, side by side and each by itself.
 *
 * What would bring the answer past 16 MB, and what there is no capacity left for, stays
 * unprocessed, for the next call.
 */

import type { Item, Projection } from "../../expressions/mod.ts";
import { readWithin } from "../capacity/reads.ts";
import { isThrottled } from "../capacity/refusal.ts";
import { refuseInvalid, TableRefusal } from "../errors.ts";
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
import { readItem } from "../store/item-store.ts";
import { keyBytesOfKey } from "../store/keys.ts";
import type { StoredItem } from "../store/stored-item.ts";
import type { Table } from "../store/table.ts";
import { ChargeList } from "../write/answer.ts";
import { hasRepeatedTarget } from "./batch-write-item.ts";
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
  checkMix(Object.values(input.RequestItems));
  const reads = Object.entries(input.RequestItems).map(readTableRequest);
  if (reads.length === 0) refuseInvalid(messages.batchGetEmpty);
  if (reads.reduce((count, { keys }) => count + keys.length, 0) > batchGetCountMax) {
    refuseInvalid(messages.batchTooLarge("BatchGetItem"));
  }
  const bound = reads.map((read) => bindKeys(catalog.find(read.name), read));
  checkTargets(bound);
  const answer = new BatchAnswer(input);
  const refusals: TableRefusal[] = [];
  for (const read of bound) {
    const items = await Promise.all(read.keyBytes.map((key) => readOrThrottle(read, key)));
    for (const [at, stored] of items.entries()) {
      if (stored instanceof TableRefusal) answer.leave(read, at);
      else answer.add(read, at, stored);
      if (stored instanceof TableRefusal) refusals.push(stored);
    }
  }
  // Only when nothing at all could be read is that an error.
  if (refusals.length === reads.reduce((count, { keys }) => count + keys.length, 0)) {
    throw refusals[0];
  }
  return {
    Responses: Object.fromEntries(answer.responses),
    UnprocessedKeys: Object.fromEntries(answer.unprocessed),
    ...answer.charges.show(),
  };
};

/** Refuses both kinds of projection, be it of two tables: a request is of one kind. */
function checkMix(requests: readonly TableRequest[]): void {
  const older = requests.some(({ AttributesToGet }) => AttributesToGet);
  const newer = requests.some(({ ProjectionExpression }) => ProjectionExpression !== undefined);
  if (!older || !newer) return;
  refuseInvalid(messages.mixedParameters(["AttributesToGet"], ["ProjectionExpression"]));
}

/** The item, or the refusal for want of capacity: it stays unprocessed then. */
async function readOrThrottle({ table, request }: BoundRead, key: Uint8Array) {
  try {
    const reading = { table, key, consistent: request.ConsistentRead };
    return await readWithin(reading, () => readItem(table, key));
  } catch (thrown) {
    if (isThrottled(thrown)) return thrown;
    throw thrown;
  }
}

function readTableRequest([name, request]: [string, TableRequest]): TableRead {
  checkExpressionMembers(keysAndAttributesShape, request);
  const keys = request.Keys.map(normalizeAttributes);
  checkDistinct(keys);
  return { name, request, keys, projection: readWholeProjection(request) };
}

/** Also of a table that is not there: the service looks for repeats first. */
function checkDistinct(keys: readonly Item[]): void {
  const spelled = keys.map((key) => JSON.stringify(Object.entries(key).sort(byName)));
  if (new Set(spelled).size < keys.length) refuseInvalid(messages.keysRepeated);
}

function byName([left]: readonly [string, unknown], [right]: readonly [string, unknown]): number {
  return left < right ? -1 : 1;
}

interface BoundRead extends TableRead {
  readonly table: Table;
  readonly keyBytes: readonly Uint8Array[];
}

function bindKeys(table: Table, read: TableRead): BoundRead {
  const keyBytes = read.keys.map((key) => keyBytesOfKey(table.definition, key));
  return { ...read, table, keyBytes };
}

/** Also of a table that is named twice, by its name and by its ARN. */
function checkTargets(reads: readonly BoundRead[]): void {
  const targets = reads.flatMap(({ table, keyBytes }) => keyBytes.map((key) => ({ table, key })));
  if (hasRepeatedTarget(targets)) refuseInvalid(messages.keysRepeated);
}

class BatchAnswer {
  readonly responses = new Map<string, Item[]>();
  readonly unprocessed = new Map<string, TableRequest & { Keys: Item[] }>();
  readonly charges: ChargeList;
  #bytes = 0;

  constructor(input: BatchGetItemInput) {
    this.charges = new ChargeList(input);
  }

  add(read: BoundRead, at: number, stored: StoredItem | undefined): void {
    const { name, request, projection } = read;
    const size = stored?.size ?? 0;
    const shown = this.responses.get(name) ?? [];
    this.responses.set(name, shown);
    if (this.#bytes + size > batchBytesMax) {
      this.leave(read, at);
      return;
    }
    this.#bytes += size;
    const units = () => readUnits(size, request.ConsistentRead);
    this.charges.add(name, () => ({ ...noCharge, table: units() }));
    if (stored) shown.push(projection ? projection.project(stored.item) : stored.item);
  }

  leave({ name, request, keys }: BoundRead, at: number): void {
    const left = this.unprocessed.get(name) ?? { ...request, Keys: [] };
    left.Keys.push(keys[at]!);
    this.unprocessed.set(name, left);
  }
}
