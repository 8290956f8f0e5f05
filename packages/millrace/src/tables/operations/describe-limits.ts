/** DescribeLimits: the account's quotas. */

import { readRequest } from "../request/read.ts";
import { emptyShape } from "../request/table-shapes.ts";
import type { Operation } from "./operation.ts";

/** The service's first quotas; nothing is bounded by them here. */
export const describeLimits: Operation = async (_, request) => {
  readRequest(emptyShape, request);
  return {
    AccountMaxReadCapacityUnits: 80_000,
    AccountMaxWriteCapacityUnits: 80_000,
    TableMaxReadCapacityUnits: 40_000,
    TableMaxWriteCapacityUnits: 40_000,
  };
};
