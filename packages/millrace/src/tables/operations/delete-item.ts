/** DeleteItem: no error when there is no such item. */

import { enveloped } from "../errors.ts";
import { checkExpressionMembers } from "../request/expressions.ts";
import { deleteItemShape } from "../request/item-shapes.ts";
import { readRequest } from "../request/read.ts";
import { normalizeAttributes } from "../request/values.ts";
import { chargeOfWrite } from "../store/capacity.ts";
import { updateItemAt } from "../store/item-store.ts";
import { chargedFor, collectionOf } from "../write/answer.ts";
import { bindDelete } from "../write/item-write.ts";
import type { Operation } from "./operation.ts";
import { checkReturnsOldOnly, readWholeGuard, returnOld, type WriteOutput } from "./put-item.ts";

export const deleteItem: Operation<WriteOutput> = async ({ catalog }, request) => {
  const { input, key, guard } = enveloped(() => readDelete(request));
  const table = catalog.find(input.TableName);
  const write = bindDelete(table, key, guard);
  return updateItemAt(write, (old) => {
    const next = write.apply(old);
    const result = {
      ...returnOld(input, old),
      ...chargedFor(input, () => chargeOfWrite(table, old, next)),
      ...collectionOf(input, table, key),
    };
    return { item: next, result };
  });
};

function readDelete(request: unknown) {
  const input = readRequest(deleteItemShape, request);
  checkExpressionMembers(deleteItemShape, input);
  const key = normalizeAttributes(input.Key);
  checkReturnsOldOnly(input.ReturnValues);
  return { input, key, guard: readWholeGuard(input) };
}
