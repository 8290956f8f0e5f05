/** DynamoDB Scan. */

import type { ScanInput } from "../../tables/mod.ts";
import type { TableOperation } from "./operation.ts";

export const scan: TableOperation = (tables, input) => tables.scan(input as ScanInput);
