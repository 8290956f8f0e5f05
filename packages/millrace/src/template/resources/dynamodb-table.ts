/** `AWS::DynamoDB::Table`: keys, indexes, capacity, expiry, stream, recovery, insights and tags. */

import type { IndexDefinition } from "../../tables/mod.ts";
import { type Draft, defineResource, type Resource, stackAndLogicalId } from "../resource-type.ts";
import { boolean, choice, integer, list, object, required, text, type ValueOf } from "../schema.ts";
import {
  contributorInsights,
  insightsModeOf,
  onDemandMaxOf,
  onDemandThroughput,
  streamArnOf,
  tableAttributes,
  tableName,
  tableTypes,
  throughput,
  throughputOf,
} from "./table.ts";
import {
  attributeDefinitions,
  attributeName,
  globalIndexes,
  keySchema,
  localIndexes,
  readIndexes,
  readKeys,
} from "./table-keys.ts";

/** Properties that a table and a global table have alike. */
export const sharedProperties = {
  TableName: tableName,
  AttributeDefinitions: required(attributeDefinitions),
  KeySchema: required(keySchema),
  LocalSecondaryIndexes: localIndexes,
  TimeToLiveSpecification: object({ AttributeName: attributeName, Enabled: required(boolean()) }),
  StreamSpecification: object({
    StreamViewType: required(choice("NEW_AND_OLD_IMAGES", "OLD_IMAGE", "NEW_IMAGE", "KEYS_ONLY")),
  }),
} as const;

/** Properties of a table, or of the replica of a global table. */
export const replicaProperties = {
  PointInTimeRecoverySpecification: object({
    PointInTimeRecoveryEnabled: boolean(),
    RecoveryPeriodInDays: integer(1, 35),
  }),
  ContributorInsightsSpecification: contributorInsights,
  DeletionProtectionEnabled: boolean(),
  TableClass: choice("STANDARD", "STANDARD_INFREQUENT_ACCESS"),
  Tags: list(object({ Key: required(text()), Value: required(text()) })),
} as const;

const properties = object({
  ...sharedProperties,
  GlobalSecondaryIndexes: globalIndexes,
  BillingMode: choice("PROVISIONED", "PAY_PER_REQUEST"),
  ProvisionedThroughput: throughput,
  OnDemandThroughput: onDemandThroughput,
  SSESpecification: object({
    SSEEnabled: required(boolean()),
    SSEType: text(),
    KMSMasterKeyId: text(),
  }),
  ...replicaProperties,
});

export type Properties = ValueOf<typeof properties>;

export const dynamodbTable = defineResource({
  type: tableTypes.table,
  properties,
  nameProperty: "TableName",
  namespace: "table",
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: { ...tableAttributes, StreamArn: streamArnOf },
  build: buildTable,
});

/** Adds the table; problems are reported at the properties that are named so. */
export function buildTable(resource: Resource<Properties>, draft: Draft): void {
  const { AttributeDefinitions: definitions, ...given } = resource.properties;
  const place = { path: ["Properties", "KeySchema"], report: resource.report };
  const [partitionKey, sortKey] = readKeys(given.KeySchema, definitions, place);
  const indexes = readAllIndexes(resource, [partitionKey, sortKey]);
  checkAttributesUsed(resource);
  const ttlAttribute = readTimeToLive(resource);
  checkCapacity(resource);
  if (resource.properties.SSESpecification?.SSEEnabled) {
    draft.noteWithoutEffect("SSESpecification (tables are not encrypted on disk)");
  }
  const { name } = resource.identity;
  resource.mark(`table:${name}`, []);
  if (!partitionKey) return;
  draft.tables.push({
    name,
    partitionKey,
    ...(sortKey && { sortKey }),
    ...(ttlAttribute !== undefined && { ttlAttribute }),
    ...(indexes.length > 0 && { indexes }),
    ...otherParts(resource.properties),
  });
}

type Keys = Parameters<typeof readIndexes>[2]["keys"];

function readAllIndexes(resource: Resource<Properties>, keys: Keys): IndexDefinition[] {
  const { report } = resource;
  const { AttributeDefinitions: definitions, ...given } = resource.properties;
  const read = (scope: IndexDefinition["scope"], list: "Local" | "Global") => {
    const property = `${list}SecondaryIndexes` as const;
    const path = ["Properties", property];
    return readIndexes(scope, given[property] ?? [], { definitions, keys, path, report });
  };
  const indexes = [...read("local", "Local"), ...read("global", "Global")];
  const names = indexes.map(({ name }) => name);
  const twice = names.find((name, at) => names.indexOf(name) < at);
  if (twice !== undefined) report(["Properties"], `two indexes have the name '${twice}'`);
  return indexes;
}

/** As CreateTable does: every attribute that is defined is a key of something. */
function checkAttributesUsed({ properties: given, report }: Resource<Properties>): void {
  const { GlobalSecondaryIndexes: global = [], LocalSecondaryIndexes: local = [] } = given;
  const schemas = [given, ...global, ...local].flatMap(({ KeySchema }) => KeySchema);
  const used = new Set(schemas.map((key) => key.AttributeName));
  given.AttributeDefinitions.forEach(({ AttributeName: name }, index) => {
    if (used.has(name)) return;
    const at = ["Properties", "AttributeDefinitions", index, "AttributeName"];
    report(at, `'${name}' is defined but no key: other attributes need no definition`);
  });
}

/** The rest of the definition; most of it changes nothing but how the table is described. */
function otherParts(given: Properties) {
  const { ProvisionedThroughput: units, Tags, TableClass, DeletionProtectionEnabled } = given;
  const { StreamSpecification: stream, OnDemandThroughput: most } = given;
  const { PointInTimeRecoverySpecification: recovery } = given;
  return {
    ...(stream && { streamView: stream.StreamViewType }),
    ...(units && { throughput: throughputOf(units) }),
    ...(most && { onDemandMax: onDemandMaxOf(most) }),
    ...(Tags && { tags: Object.fromEntries(Tags.map(({ Key, Value }) => [Key, Value])) }),
    ...(TableClass && { tableClass: TableClass }),
    ...(DeletionProtectionEnabled && { deletionProtected: true }),
    ...(recovery?.PointInTimeRecoveryEnabled && {
      recoveryDays: recovery.RecoveryPeriodInDays ?? 35,
    }),
    ...readInsights(given),
  };
}

/** Of the table, and of its global indexes by name. */
function readInsights(given: Properties) {
  const { ContributorInsightsSpecification: own, GlobalSecondaryIndexes: indexes = [] } = given;
  const asked = [
    ["", own] as const,
    ...indexes.map((index) => [index.IndexName, index.ContributorInsightsSpecification] as const),
  ];
  const modes = asked.flatMap(([part, specification]) => {
    const mode = insightsModeOf(specification);
    return mode === undefined ? [] : [[part, mode] as const];
  });
  return modes.length > 0 ? { insights: Object.fromEntries(modes) } : {};
}

function readTimeToLive(resource: Resource<Properties>): string | undefined {
  const specification = resource.properties.TimeToLiveSpecification;
  if (!specification?.Enabled) return undefined;
  if (specification.AttributeName === undefined) {
    const at = ["Properties", "TimeToLiveSpecification"];
    resource.report(at, "the property 'AttributeName' is missing");
  }
  return specification.AttributeName;
}

/** As CreateTable does: capacity units exactly where they are billed, of each global index too. */
function checkCapacity({ properties: given, report }: Resource<Properties>): void {
  const { BillingMode, ProvisionedThroughput, GlobalSecondaryIndexes: indexes = [] } = given;
  const paths = indexes.map((index, at) => {
    return { owner: index, path: ["Properties", "GlobalSecondaryIndexes", at] as const };
  });
  const all = [{ owner: { ProvisionedThroughput }, path: ["Properties"] as const }, ...paths];
  for (const { owner, path } of all) {
    if (BillingMode === "PAY_PER_REQUEST" && owner.ProvisionedThroughput) {
      const message = "'ProvisionedThroughput' and 'PAY_PER_REQUEST' exclude each other";
      report([...path, "ProvisionedThroughput"], message);
    }
    if (BillingMode !== "PAY_PER_REQUEST" && !owner.ProvisionedThroughput) {
      const message = "'ProvisionedThroughput' is missing, or 'BillingMode: PAY_PER_REQUEST'";
      report(path, message);
    }
  }
  if (BillingMode !== "PAY_PER_REQUEST" && given.OnDemandThroughput) {
    const message = "'OnDemandThroughput' goes with 'BillingMode: PAY_PER_REQUEST' alone";
    report(["Properties", "OnDemandThroughput"], message);
  }
}
