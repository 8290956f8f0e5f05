/** DynamoDB Query. */

import type { QueryInput } from "../../tables/mod.ts";
import type { TableOperation } from "./operation.ts";

export const query: TableOperation = (tables, input) => tables.query(input as QueryInput);
