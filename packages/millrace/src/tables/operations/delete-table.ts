/** DeleteTable: the table is gone when this is answered; its items are cleared away later. */

import { describe } from "../catalog/describe.ts";
import { refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";
import { readRequest } from "../request/read.ts";
import { namedTableShape } from "../request/table-shapes.ts";
import type { Operation } from "./operation.ts";

export const deleteTable: Operation = async ({ catalog, account }, request) => {
  const { TableName } = readRequest(namedTableShape, request);
  const table = catalog.findByName(TableName);
  const state = await catalog.remove(table, ({ definition }) => {
    if (definition.deletionProtected) refuseInvalid(messages.tableProtected);
  });
  return { TableDescription: describe(state, { account, status: "DELETING" }) };
};
