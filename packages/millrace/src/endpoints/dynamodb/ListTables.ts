/** DynamoDB ListTables. */

import type { ListTablesInput } from "../../tables/mod.ts";
import type { TableOperation } from "./operation.ts";

export const listTables: TableOperation = (tables, input) =>
  tables.listTables(input as ListTablesInput);
