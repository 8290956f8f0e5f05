/** DescribeLimits, DescribeContinuousBackups: answers that are the same for every table. */

import { nameOf } from "../catalog/catalog.ts";
import { refuse } from "../errors.ts";
import { messages } from "../messages.ts";
import { readRequest } from "../request/read.ts";
import { emptyShape, namedTableShape } from "../request/table-shapes.ts";
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

/** There are no backups to recover from. */
export const describeContinuousBackups: Operation = async ({ catalog }, request) => {
  const { TableName } = readRequest(namedTableShape, request);
  if (!catalog.get(nameOf(TableName))) {
    refuse("TableNotFoundException", messages.tableNotFoundShort(nameOf(TableName)));
  }
  return {
    ContinuousBackupsDescription: {
      ContinuousBackupsStatus: "ENABLED",
      PointInTimeRecoveryDescription: { PointInTimeRecoveryStatus: "DISABLED" },
    },
  };
};
