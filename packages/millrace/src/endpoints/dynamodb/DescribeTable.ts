/** DynamoDB DescribeTable. */

import type { DescribeTableInput } from "../../tables/mod.ts";
import type { TableOperation } from "./operation.ts";

export const describeTable: TableOperation = (tables, input) =>
  tables.describeTable(input as DescribeTableInput);
