/** DynamoDB DeleteItem. */

import type { DeleteItemInput } from "../../tables/mod.ts";
import type { TableOperation } from "./operation.ts";

export const deleteItem: TableOperation = (tables, input) =>
  tables.deleteItem(input as DeleteItemInput);
