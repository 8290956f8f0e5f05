/** A table as DescribeTable and its kin show it. */

import { formatArn } from "../../aws/mod.ts";
import type { IndexState, StreamState, TableState } from "../store/table.ts";
import {
  type IndexDefinition,
  type KeySchema,
  keyAttributes,
  partitionKeys,
  type TableDefinition,
  type Throughput,
} from "./definition.ts";

/** Whose tables they are, as far as ARNs say it. */
export interface Account {
  readonly region: string;
  readonly accountId: string;
}

export type TableStatus = "CREATING" | "UPDATING" | "DELETING" | "ACTIVE";

/** Items and bytes of the table and of each index, by name. */
export interface Sizes {
  readonly table: Size;
  readonly indexes: Readonly<Record<string, Size>>;
}

export interface Size {
  readonly itemCount: number;
  readonly bytes: number;
}

export interface DescribeOptions {
  readonly account: Account;
  /** Absent: ACTIVE, or UPDATING while an index is built. */
  readonly status?: TableStatus;
  readonly sizes?: Sizes;
  /** Indexes that are on their way out. */
  readonly dropped?: readonly IndexDefinition[];
}

export type TableDescription = Readonly<Record<string, unknown>>;

export function tableArn({ region, accountId }: Account, name: string): string {
  const resource = `table/${name}`;
  return formatArn({ partition: "aws", service: "dynamodb", region, account: accountId, resource });
}

/** The members in the service's spelling; capacity is what was asked for. */
export function describe(state: TableState, options: DescribeOptions): TableDescription {
  const { definition, id, createdMs, indexes } = state;
  const { account, sizes } = options;
  const building = Object.values(indexes).some((index) => index.building);
  const status = options.status ?? (building ? "UPDATING" : "ACTIVE");
  const arn = tableArn(account, definition.name);
  return {
    AttributeDefinitions: attributeDefinitions(state),
    TableName: definition.name,
    KeySchema: keySchema(definition),
    TableStatus: status,
    CreationDateTime: createdMs / 1000,
    ProvisionedThroughput: throughput(definition.throughput),
    TableSizeBytes: sizes?.table.bytes ?? 0,
    ItemCount: sizes?.table.itemCount ?? 0,
    WarmThroughput: warmThroughput(definition.throughput),
    ...describeOnDemand(definition),
    TableArn: arn,
    TableId: id,
    ...describeBilling(state),
    ...describeIndexes(state, options, arn),
    ...describeStream(state, arn),
    ...(definition.tableClass && {
      TableClassSummary: { TableClass: definition.tableClass },
    }),
    DeletionProtectionEnabled: definition.deletionProtected ?? false,
    ...describeOrigin(state, status),
  };
}

/** All items are there when the table is; only the request that made it is told otherwise. */
function describeOrigin({ restored }: TableState, status: TableStatus) {
  if (!restored) return {};
  const { tableArn: source, backupArn, momentMs } = restored;
  return {
    RestoreSummary: {
      ...(backupArn !== undefined && { SourceBackupArn: backupArn }),
      SourceTableArn: source,
      RestoreDateTime: momentMs / 1000,
      RestoreInProgress: status === "CREATING",
    },
  };
}

/** As CreateTable has named them; what indexes have brought since comes behind. */
function attributeDefinitions({ definition }: TableState) {
  const { attributeOrder = [], indexes = [] } = definition;
  const schemas: KeySchema[] = [definition, ...indexes];
  const types = new Map(
    schemas.flatMap(keyAttributes).map(({ name, type }) => [name, type] as const),
  );
  const named = attributeOrder.filter((name) => types.has(name));
  const names = new Set([...named, ...types.keys()]);
  return [...names].map((name) => ({ AttributeName: name, AttributeType: types.get(name)! }));
}

/** The key as requests spell it. */
export function keySchema(schema: KeySchema) {
  const partitionCount = partitionKeys(schema).length;
  return keyAttributes(schema).map(({ name }, at) => ({
    AttributeName: name,
    KeyType: at < partitionCount ? "HASH" : "RANGE",
  }));
}

/** Capacity units; zeros on demand. */
export function throughput(units: Throughput | undefined) {
  return {
    NumberOfDecreasesToday: 0,
    ReadCapacityUnits: units?.readUnits ?? 0,
    WriteCapacityUnits: units?.writeUnits ?? 0,
  };
}

/** -1 is no bound. */
function describeOnDemand({ onDemandMax }: Pick<TableDefinition, "onDemandMax">) {
  if (!onDemandMax) return {};
  const { readUnits = -1, writeUnits = -1 } = onDemandMax;
  return {
    OnDemandThroughput: { MaxReadRequestUnits: readUnits, MaxWriteRequestUnits: writeUnits },
  };
}

/** What the service is ready for at once; a table on demand begins with this much. */
function warmThroughput(units: Throughput | undefined) {
  return {
    ReadUnitsPerSecond: units?.readUnits ?? 12_000,
    WriteUnitsPerSecond: units?.writeUnits ?? 4_000,
    Status: "ACTIVE",
  };
}

/** Tables that were always billed by their throughput have no summary. */
function describeBilling({ definition, billingChangedMs, createdMs }: TableState) {
  const changedMs = billingChangedMs ?? createdMs;
  if (definition.throughput) {
    return billingChangedMs === undefined
      ? {}
      : { BillingModeSummary: { BillingMode: "PROVISIONED" } };
  }
  return {
    BillingModeSummary: {
      BillingMode: "PAY_PER_REQUEST",
      LastUpdateToPayPerRequestDateTime: changedMs / 1000,
    },
  };
}

function describeIndexes(
  { definition, indexes }: TableState,
  { sizes, status, dropped = [] }: DescribeOptions,
  arn: string,
) {
  const describeIndex = (index: IndexDefinition) => ({
    IndexName: index.name,
    KeySchema: keySchema(index),
    Projection: describeProjection(index),
    ...(index.scope === "global" && indexStatus(indexes[index.name], status)),
    ...(index.scope === "global" && {
      ProvisionedThroughput: throughput(index.throughput),
      ...describeOnDemand(index),
      WarmThroughput: warmThroughput(index.throughput),
    }),
    IndexSizeBytes: sizes?.indexes[index.name]?.bytes ?? 0,
    ItemCount: sizes?.indexes[index.name]?.itemCount ?? 0,
    IndexArn: `${arn}/index/${index.name}`,
  });
  const all = [...(definition.indexes ?? []), ...dropped];
  const of = (scope: IndexDefinition["scope"]) =>
    all.filter((index) => index.scope === scope).map(describeIndex);
  const [local, global] = [of("local"), of("global")];
  return {
    ...(local.length > 0 && { LocalSecondaryIndexes: local }),
    ...(global.length > 0 && { GlobalSecondaryIndexes: global }),
  };
}

function describeProjection({ projection }: IndexDefinition) {
  return {
    ProjectionType: projection.type,
    ...(projection.type === "INCLUDE" && { NonKeyAttributes: projection.attributes }),
  };
}

function indexStatus(state: IndexState | undefined, tableStatus: TableStatus | undefined) {
  if (tableStatus === "CREATING") return { IndexStatus: "CREATING" };
  if (!state || tableStatus === "DELETING") return { IndexStatus: "DELETING" };
  return state.building
    ? { IndexStatus: "CREATING", Backfilling: true }
    : { IndexStatus: "ACTIVE" };
}

/** A stream that is over is still named. */
function describeStream({ streams }: TableState, arn: string) {
  const latest = streams?.at(-1);
  if (!latest) return {};
  const specification = { StreamEnabled: true, StreamViewType: latest.view };
  return {
    ...(latest.endedMs === undefined && { StreamSpecification: specification }),
    LatestStreamLabel: streamLabel(latest),
    LatestStreamArn: `${arn}/stream/${streamLabel(latest)}`,
  };
}

/** The moment at which it was begun, without its zone. */
export function streamLabel({ startedMs }: Pick<StreamState, "startedMs">): string {
  return new Date(startedMs).toISOString().replace("Z", "");
}
