/** GetItem: the item, or the part of it that was asked for; no `Item` when there is none. */

import { type Awaitable, utf8 } from "../../base/mod.ts";
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
import { isPlainRequest, plainKeyBytes } from "../request/plain.ts";
import { readRequest } from "../request/read.ts";
import { normalizeAttributes } from "../request/values.ts";
import { noCharge, readUnits } from "../store/capacity.ts";
import { readItem } from "../store/item-store.ts";
import { keyBytesOfKey } from "../store/keys.ts";
import type { StoredItem } from "../store/stored-item.ts";
import { type Charged, chargedFor } from "../write/answer.ts";
import type { Context, Encoder, Operation } from "./operation.ts";

export interface GetItemOutput extends Charged {
  readonly Item?: Item;
}

export const getItem: Operation<GetItemOutput> = async (context, request) => {
  const { stored, projection, charged } = await read(context, request);
  if (!stored) return charged;
  return { Item: projection ? projection.project(stored.item) : stored.item, ...charged };
};

/** The same as the JSON of the answer; an item that is shown whole, from its bytes in the store. */
export const encodeGetItem: Encoder = (context, request) =>
  encodePlain(context, request) ?? encodeAny(context, request);

/** At once, for a request that asks for nothing beside the item; of others it says nothing. */
function encodePlain(
  { catalog }: Pick<Context, "catalog">,
  request: unknown,
): Awaitable<Uint8Array> | undefined {
  if (!isPlainRequest(request, "Key", "ConsistentRead")) return undefined;
  const table = catalog.get(request.TableName);
  const key = table && plainKeyBytes(table.definition, request.Key);
  if (!key) return undefined;
  const item = request.Key as Item;
  const consistent = request.ConsistentRead as boolean | undefined;
  const found = readWithin({ table, key, item, consistent }, () => readItem(table, key));
  return found instanceof Promise ? found.then(encodeWhole) : encodeWhole(found);
}

function encodeWhole(stored: StoredItem | undefined): Uint8Array {
  return stored ? encodeAround('{"Item":', [stored], "}") : utf8("{}");
}

const encodeAny: Operation<Uint8Array> = async (context, request) => {
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
