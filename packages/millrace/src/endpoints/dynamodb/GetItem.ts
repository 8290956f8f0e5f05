/** DynamoDB GetItem. */

import type { GetItemInput } from "../../tables/mod.ts";
import type { TableOperation } from "./operation.ts";

export const getItem: TableOperation = (tables, input) => tables.getItem(input as GetItemInput);
