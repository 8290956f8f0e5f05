/** DynamoDB PutItem. */

import type { PutItemInput } from "../../tables/mod.ts";
import type { TableOperation } from "./operation.ts";

export const putItem: TableOperation = (tables, input) => tables.putItem(input as PutItemInput);
