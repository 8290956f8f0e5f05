/** ListTables: names in order, at most 100 at a time. */

import { listCountMax } from "../limits.ts";
import { readRequest } from "../request/read.ts";
import { listTablesShape } from "../request/table-shapes.ts";
import type { Operation } from "./operation.ts";

export interface ListTablesOutput {
  readonly TableNames: readonly string[];
  readonly LastEvaluatedTableName?: string;
}

export const listTables: Operation<ListTablesOutput> = async ({ catalog }, request) => {
  const input = readRequest(listTablesShape, request);
  const { ExclusiveStartTableName: start = "", Limit = listCountMax } = input;
  const names = catalog.names().filter((name) => name > start);
  const TableNames = names.slice(0, Limit);
  const cut = names.length > TableNames.length;
  return { TableNames, ...(cut && { LastEvaluatedTableName: TableNames.at(-1)! }) };
};
