/** DescribeTable. */

import { describe, type TableDescription } from "../catalog/describe.ts";
import { readRequest } from "../request/read.ts";
import { namedTableShape } from "../request/table-shapes.ts";
import type { Operation } from "./operation.ts";

export interface DescribeTableOutput {
  readonly Table: TableDescription;
}

export const describeTable: Operation<DescribeTableOutput> = async (context, request) => {
  const { TableName } = readRequest(namedTableShape, request);
  const { catalog, account, sizes } = context;
  const table = catalog.findByName(TableName);
  return { Table: describe(table.state, { account, sizes: await sizes.sizesOf(table) }) };
};
