/** GetItem: the item, or the part of it that was asked for; no `Item` when there is none. */

import { utf8 } from "../../base/mod.ts";
import type { Item, Projection } from "../../expressions/mod.ts";
import { readWithin } from "../capacity/reads.ts";
import { accepted } from "../errors.ts";
import { encodeAround } from "../read/encoded-items.ts";
import {
  checkExpressionMembers,
  readNamedPlaceholders,
  readProjection,
} from "../request/expressions.ts";
import { getItemShape } from "../request/item-shapes.ts";
import { readRequest } from "../request/read.ts";
import { normalizeAttributes } from "../request/values.ts";
import { noCharge, readUnits } from "../store/capacity.ts";
import { readItem } from "../store/item-store.ts";
import { keyBytesOfKey } from "../store/keys.ts";
import { type Charged, chargedFor } from "../write/answer.ts";
import type { Context, Operation } from "./operation.ts";

export interface GetItemOutput extends Charged {
  readonly Item?: Item;
}

export const getItem: Operation<GetItemOutput> = async (context, request) => {
  const { stored, projection, charged } = await read(context, request);
  if (!stored) return charged;
  return { Item: projection ? projection.project(stored.item) : stored.item, ...charged };
};

/** The same as the JSON of the answer; an item that is shown whole, from its bytes in the store. */
export const encodeGetItem: Operation<Uint8Array> = async (context, request) => {
  const { stored, projection, charged } = await read(context, request);
  if (!stored) return utf8(JSON.stringify(charged));
  if (projection) {
    return utf8(JSON.stringify({ Item: projection.project(stored.item), ...charged }));
  }
  const { ConsumedCapacity } = charged;
  const rest = ConsumedCapacity ? `,"ConsumedCapacity":${JSON.stringify(ConsumedCapacity)}}` : "}";
  return encodeAround('{"Item":', [stored], rest);
};

async function read({ catalog }: Pick<Context, "catalog">, request: unknown) {
  const input = readRequest(getItemShape, request);
  checkExpressionMembers(getItemShape, input);
  const key = normalizeAttributes(input.Key);
  const projection = readWholeProjection(input);
  const table = catalog.find(input.TableName);
  const bytes = keyBytesOfKey(table.definition, key);
  const reading = { table, key: bytes, item: key, consistent: input.ConsistentRead };
  const stored = await readWithin(reading, () => readItem(table, bytes));
  const units = () => readUnits(stored?.size ?? 0, input.ConsistentRead);
  const charged = chargedFor(input, () => ({ ...noCharge, table: units() }));
  return { stored, projection, charged };
}

type Projecting = Parameters<typeof readProjection>[0] &
  Parameters<typeof readNamedPlaceholders>[0];

/** The projection of a request that has no other expression. */
export function readWholeProjection(input: Projecting): Projection | undefined {
  const placeholders = readNamedPlaceholders(input);
  const projection = readProjection(input, placeholders);
  accepted(placeholders.checkAllUsed());
  return projection;
}
