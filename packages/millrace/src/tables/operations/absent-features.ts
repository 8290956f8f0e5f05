/**
 * What there is to tell of features that no table here has: Kinesis destinations, exports, imports
 * and global tables.
 *
 * Tools ask for these before they show or compare a table. The answers are true, as of an account
 * that has never used them; what would switch one on is refused by name at the door.
 */

import { refuse } from "../errors.ts";
import { messages } from "../messages.ts";
import {
  describeDestinationsShape,
  describeExportShape,
  describeGlobalTableSettingsShape,
  describeGlobalTableShape,
  describeImportShape,
  listExportsShape,
  listGlobalTablesShape,
  listImportsShape,
} from "../request/feature-shapes.ts";
import { readRequest } from "../request/read.ts";
import type { Operation } from "./operation.ts";

export const describeKinesisStreamingDestination: Operation = async ({ catalog }, request) => {
  const { TableName } = readRequest(describeDestinationsShape, request);
  const { definition } = catalog.findByName(TableName);
  return { TableName: definition.name, KinesisDataStreamDestinations: [] };
};

export const listExports: Operation = async (_, request) => {
  readRequest(listExportsShape, request);
  return { ExportSummaries: [] };
};

export const describeExport: Operation = async (_, request) => {
  const { ExportArn } = readRequest(describeExportShape, request);
  return refuse("ExportNotFoundException", messages.exportNotFound(ExportArn));
};

export const listImports: Operation = async (_, request) => {
  readRequest(listImportsShape, request);
  return { ImportSummaryList: [] };
};

export const describeImport: Operation = async (_, request) => {
  const { ImportArn } = readRequest(describeImportShape, request);
  return refuse("ImportNotFoundException", messages.importNotFound(ImportArn));
};

export const listGlobalTables: Operation = async (_, request) => {
  readRequest(listGlobalTablesShape, request);
  return { GlobalTables: [] };
};

export const describeGlobalTable: Operation = async (_, request) => {
  const { GlobalTableName } = readRequest(describeGlobalTableShape, request);
  return refuse("GlobalTableNotFoundException", messages.globalTableNotFound(GlobalTableName));
};

export const describeGlobalTableSettings: Operation = async (_, request) => {
  const { GlobalTableName } = readRequest(describeGlobalTableSettingsShape, request);
  return refuse("GlobalTableNotFoundException", messages.globalTableNotFound(GlobalTableName));
};
