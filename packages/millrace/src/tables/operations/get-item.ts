/** GetItem: the item, or the part of it that was asked for; no `Item` when there is none. */

import type { Item, Projection } from "../../expressions/mod.ts";
import { accepted } from "../errors.ts";
import {
  checkExpressionMembers,
  readNamedPlaceholders,
  readProjection,
} from "../request/expressions.ts";
import { getItemShape } from "../request/item-shapes.ts";
import { readRequest } from "../request/read.ts";
import { normalizeAttributes } from "../request/values.ts";
import { noCharge, readUnits } from "../store/capacity.ts";
import { itemSize } from "../store/item-size.ts";
import { readItem } from "../store/item-store.ts";
import { keyBytesOfKey } from "../store/keys.ts";
import { type Charged, chargedFor } from "../write/answer.ts";
import type { Operation } from "./operation.ts";

export interface GetItemOutput extends Charged {
  readonly Item?: Item;
}

export const getItem: Operation<GetItemOutput> = async ({ catalog }, request) => {
  const input = readRequest(getItemShape, request);
  checkExpressionMembers(getItemShape, input);
  const key = normalizeAttributes(input.Key);
  const projection = readWholeProjection(input);
  const table = catalog.find(input.TableName);
  const item = await readItem(table, keyBytesOfKey(table.definition, key));
  const units = () => readUnits(item ? itemSize(item) : 0, input.ConsistentRead);
  const charged = chargedFor(input, () => ({ ...noCharge, table: units() }));
  return item ? { Item: projection ? projection.project(item) : item, ...charged } : charged;
};

type Projecting = Parameters<typeof readProjection>[0] &
  Parameters<typeof readNamedPlaceholders>[0];

/** The projection of a request that has no other expression. */
export function readWholeProjection(input: Projecting): Projection | undefined {
  const placeholders = readNamedPlaceholders(input);
  const projection = readProjection(input, placeholders);
  accepted(placeholders.checkAllUsed());
  return projection;
}
