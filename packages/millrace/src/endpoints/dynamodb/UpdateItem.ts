/** DynamoDB UpdateItem. */

import type { UpdateItemInput } from "../../tables/mod.ts";
import type { TableOperation } from "./operation.ts";

export const updateItem: TableOperation = (tables, input) =>
  tables.updateItem(input as UpdateItemInput);
