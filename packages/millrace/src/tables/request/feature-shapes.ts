/** What the operations take that are about insights, and about features no table here has. */

import { indexName, tableName } from "./parts.ts";
import { choice, integer, required, structure, text } from "./shape.ts";

export const describeInsightsShape = structure("DescribeContributorInsightsInput", {
  TableName: tableName,
  IndexName: indexName,
});

export const updateInsightsShape = structure("UpdateContributorInsightsInput", {
  TableName: tableName,
  IndexName: indexName,
  ContributorInsightsAction: required(choice("ENABLE", "DISABLE")),
  ContributorInsightsMode: choice("ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"),
});

const anyTable = text({ lengthMin: 1, lengthMax: 1024, pattern: "[a-zA-Z0-9_.-]+", orArn: true });
const nextToken = text();

export const listInsightsShape = structure("ListContributorInsightsInput", {
  TableName: anyTable,
  NextToken: nextToken,
  MaxResults: integer({ max: 100 }),
});

export const describeDestinationsShape = structure("DescribeKinesisStreamingDestinationInput", {
  TableName: tableName,
});

const tableArn = text({ lengthMin: 1, lengthMax: 1024 });

export const listExportsShape = structure("ListExportsInput", {
  TableArn: tableArn,
  MaxResults: integer({ min: 1, max: 25 }),
  NextToken: nextToken,
});

export const listImportsShape = structure("ListImportsInput", {
  TableArn: tableArn,
  PageSize: integer({ min: 1, max: 25 }),
  NextToken: text({ lengthMin: 112, lengthMax: 1024, pattern: "([0-9a-f]{16})+" }),
});

const arn = required(text({ lengthMin: 37, lengthMax: 1024 }));

export const describeExportShape = structure("DescribeExportInput", { ExportArn: arn });
export const describeImportShape = structure("DescribeImportInput", { ImportArn: arn });

const globalTableName = text({ lengthMin: 3, lengthMax: 255, pattern: "[a-zA-Z0-9_.-]+" });

export const listGlobalTablesShape = structure("ListGlobalTablesInput", {
  ExclusiveStartGlobalTableName: globalTableName,
  Limit: integer({ min: 1 }),
  RegionName: text(),
});

export const describeGlobalTableShape = structure("DescribeGlobalTableInput", {
  GlobalTableName: required(globalTableName),
});

export const describeGlobalTableSettingsShape = structure("DescribeGlobalTableSettingsInput", {
  GlobalTableName: required(globalTableName),
});
