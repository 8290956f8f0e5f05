/**
 * What CreateTable and UpdateTable ask for, held against itself and turned into a definition.
 *
 * The service complains in this order: the name, capacity, the table's key, then index by index,
 * and last attributes that are defined and not used.
 */

import { refuseInvalid } from "../errors.ts";
import {
  capacityUnitsMax,
  globalIndexCountMax,
  keyPartCountMax,
  localIndexCountMax,
  projectedNameCountMax,
} from "../limits.ts";
import { messages } from "../messages.ts";
import type {
  CreateTableInput,
  IndexInput,
  KeySchemaInput,
  OnDemandInput,
  ThroughputInput,
} from "../request/table-shapes.ts";
import type {
  IndexDefinition,
  KeyAttribute,
  KeySchema,
  OnDemandMax,
  Projection,
  Throughput,
} from "./definition.ts";

type AttributeDefinitions = CreateTableInput["AttributeDefinitions"];
type ProjectionInput = IndexInput["Projection"];
type List = readonly unknown[] | undefined;
type LocalIndexInput = Omit<IndexInput, "ProvisionedThroughput" | "OnDemandThroughput">;

export type BillingMode = "PROVISIONED" | "PAY_PER_REQUEST";

/** Refuses what cannot be the name of a new table. */
export function checkTableName(name: string): void {
  if (name.length < 3 || name.length > 255) refuseInvalid(messages.tableNameLength);
}

/** Refuses capacity units where none are billed, and none where they are. */
export function checkBilling(
  mode: BillingMode,
  units: ThroughputInput | undefined,
  indexes: readonly IndexInput[],
): void {
  if (mode === "PROVISIONED" && !units) refuseInvalid(messages.unitsMissing);
  if (mode === "PAY_PER_REQUEST" && units) refuseInvalid(messages.unitsUnwanted);
  if (units) checkUnits(units);
  for (const { IndexName, ProvisionedThroughput } of indexes) {
    if (mode === "PAY_PER_REQUEST" && ProvisionedThroughput) {
      refuseInvalid(messages.indexUnitsUnwanted(IndexName));
    }
    if (mode === "PROVISIONED" && !ProvisionedThroughput) {
      refuseInvalid(messages.indexUnitsMissing(IndexName));
    }
    if (ProvisionedThroughput) checkUnits(ProvisionedThroughput, IndexName);
  }
}

export function checkUnits(units: ThroughputInput, index?: string): void {
  for (const member of ["ReadCapacityUnits", "WriteCapacityUnits"] as const) {
    if (units[member] > capacityUnitsMax) {
      refuseInvalid(messages.unitsOutOfBounds(units[member], member, index));
    }
  }
}

export function throughputOf(units: ThroughputInput): Throughput {
  return { readUnits: units.ReadCapacityUnits, writeUnits: units.WriteCapacityUnits };
}

const onDemandMembers = ["MaxReadRequestUnits", "MaxWriteRequestUnits"] as const;

/** Refuses bounds of requests where units are provisioned. */
export function checkOnDemandUnwanted(units: OnDemandInput | undefined, index?: string): void {
  const given = onDemandMembers.find((member) => units?.[member] !== undefined);
  if (given) refuseInvalid(messages.onDemandUnwanted(given, index));
}

/** Bounds of the table, or of the index; refuses what is neither -1, for none, nor at least 1. */
export function onDemandMaxOf(units: OnDemandInput, index?: string): OnDemandMax {
  const outside = onDemandMembers.find((member) => {
    const given = units[member];
    return given !== undefined && given !== -1 && given < 1;
  });
  if (outside) refuseInvalid(messages.onDemandOutOfBounds(outside, index));
  const { MaxReadRequestUnits: readUnits, MaxWriteRequestUnits: writeUnits } = units;
  return {
    ...(readUnits !== undefined && { readUnits }),
    ...(writeUnits !== undefined && { writeUnits }),
  };
}

/** Refuses a wrong order of keys, and one name twice. */
export function checkKeyOrder([first, second]: KeySchemaInput): void {
  if (first!.KeyType !== "HASH") refuseInvalid(messages.firstKeyNotHash);
  if (second && second.KeyType !== "RANGE") refuseInvalid(messages.secondKeyNotRange);
  if (first!.AttributeName === second?.AttributeName) refuseInvalid(messages.keysSameName);
}

/** The key as a definition; refuses a wrong order, one name twice, and names without a type. */
export function readKeySchema(schema: KeySchemaInput, attributes: AttributeDefinitions): KeySchema {
  checkKeyOrder(schema);
  const [partitionKey, sortKey] = readKeyAttributes(schema, attributes);
  return sortKey ? { partitionKey: partitionKey!, sortKey } : { partitionKey: partitionKey! };
}

/** The same of a global index, each of whose keys can be made of several attributes. */
function readGlobalKeySchema(schema: KeySchemaInput, attributes: AttributeDefinitions): KeySchema {
  const of = (kind: string) => schema.filter(({ KeyType }) => KeyType === kind);
  const [partition, sort] = [of("HASH"), of("RANGE")];
  checkSeveral(schema, partition.length, sort.length);
  if (partition.length === 1 && sort.length < 2) return readKeySchema(schema, attributes);
  const [partitionKey, ...morePartition] = readKeyAttributes(partition, attributes);
  const [sortKey, ...moreSort] = readKeyAttributes(sort, attributes);
  const furtherKeys = { partition: morePartition, sort: moreSort };
  return { partitionKey: partitionKey!, ...(sortKey && { sortKey }), furtherKeys };
}

function checkSeveral(schema: KeySchemaInput, partitionCount: number, sortCount: number): void {
  if (schema[0]!.KeyType !== "HASH") refuseInvalid(messages.firstKeyNotHash);
  const isSorted = schema.every(({ KeyType }, at) => (KeyType === "HASH") === at < partitionCount);
  if (!isSorted) refuseInvalid(messages.hashKeysFirst);
  if (partitionCount > keyPartCountMax) refuseInvalid(messages.tooManyKeyParts("HASH"));
  if (sortCount > keyPartCountMax) refuseInvalid(messages.tooManyKeyParts("RANGE"));
  const names = new Set(schema.map(({ AttributeName }) => AttributeName));
  if (names.size < schema.length) refuseInvalid(messages.keysSameName);
}

function readKeyAttributes(
  schema: KeySchemaInput,
  attributes: AttributeDefinitions,
): KeyAttribute[] {
  const defined = attributes.map(({ AttributeName }) => AttributeName);
  const keys = schema.map(({ AttributeName }) => AttributeName);
  const missing = keys.filter((key) => !defined.includes(key));
  if (missing.length > 0) refuseInvalid(messages.attributeUndefined(missing, defined));
  return keys.map((name): KeyAttribute => {
    const { AttributeType } = attributes.find(({ AttributeName }) => AttributeName === name)!;
    return { name, type: AttributeType };
  });
}

/** Refuses a list of indexes that is there and empty. */
export function checkIndexLists(locals: List, globals: List): void {
  if (locals?.length === 0) refuseInvalid(messages.indexListEmpty("Local"));
  if (globals?.length === 0) refuseInvalid(messages.indexListEmpty("Global"));
}

/** What indexes are read against. */
export interface IndexContext {
  readonly attributes: AttributeDefinitions;
  readonly table: KeySchema;
}

/** Both lists of a request, local indexes first; refuses what no table can have. */
export function readIndexes(
  locals: readonly LocalIndexInput[] | undefined,
  globals: readonly IndexInput[] | undefined,
  context: IndexContext,
): IndexDefinition[] {
  const names = new Set<string>();
  const unique = (index: IndexDefinition) => {
    if (names.has(index.name)) refuseInvalid(messages.indexNameTwice(index.name));
    names.add(index.name);
    return index;
  };
  if (locals && !context.table.sortKey) refuseInvalid(messages.localIndexNeedsSort);
  const local = (locals ?? []).map((index) => unique(readLocalIndex(index, context)));
  if (local.length > localIndexCountMax) {
    refuseInvalid(messages.localIndexCount(localIndexCountMax));
  }
  const global = (globals ?? []).map((index) => unique(readGlobalIndex(index, context)));
  if (global.length > globalIndexCountMax) {
    refuseInvalid(messages.globalIndexCount(globalIndexCountMax));
  }
  const all = [...local, ...global];
  checkProjectedNames(all);
  return all;
}

/** Refuses indexes of one table that name too many attributes together. */
export function checkProjectedNames(indexes: readonly IndexDefinition[]): void {
  const names = indexes.flatMap(({ projection }) =>
    projection.type === "INCLUDE" ? projection.attributes : [],
  );
  if (names.length <= projectedNameCountMax) return;
  refuseInvalid(messages.projectedNames(names.length, projectedNameCountMax));
}

function readLocalIndex(index: LocalIndexInput, context: IndexContext): IndexDefinition {
  const { IndexName: name } = index;
  const schema = readKeySchema(index.KeySchema, context.attributes);
  const projection = readProjection(index.Projection);
  const [indexKey, tableKey] = [schema.partitionKey.name, context.table.partitionKey.name];
  if (!schema.sortKey) refuseInvalid(messages.localIndexSortMissing(name));
  if (indexKey !== tableKey) {
    refuseInvalid(messages.localIndexPartition(name, indexKey, tableKey));
  }
  return { name, scope: "local", ...schema, projection };
}

/** The index as a definition; refuses a key or a projection that no index can have. */
export function readGlobalIndex(index: IndexInput, { attributes }: IndexContext): IndexDefinition {
  const { IndexName: name, ProvisionedThroughput: units, OnDemandThroughput: max } = index;
  return {
    name,
    scope: "global",
    ...readGlobalKeySchema(index.KeySchema, attributes),
    projection: readProjection(index.Projection),
    ...(units && { throughput: throughputOf(units) }),
    ...(max && { onDemandMax: onDemandMaxOf(max, name) }),
  };
}

function readProjection({ ProjectionType: type, NonKeyAttributes }: ProjectionInput): Projection {
  if (!type) refuseInvalid(messages.projectionUnknown);
  if (type !== "INCLUDE") {
    if (NonKeyAttributes) refuseInvalid(messages.projectionExtra(type));
    return { type };
  }
  if (!NonKeyAttributes) refuseInvalid(messages.projectionNothing);
  return { type, attributes: NonKeyAttributes };
}

/** Refuses attributes that are defined twice, that no key needs, and keys without a definition. */
export function checkAttributes(
  attributes: AttributeDefinitions,
  table: KeySchemaInput,
  indexes: readonly { readonly KeySchema: KeySchemaInput }[],
): void {
  const defined = attributes.map(({ AttributeName }) => AttributeName);
  const twice = defined.find((name, at) => defined.indexOf(name) < at);
  if (twice !== undefined) refuseInvalid(messages.attributeDefinedTwice(twice));
  const schemas = [table, ...indexes.map(({ KeySchema }) => KeySchema)].flat();
  const used = [...new Set(schemas.map(({ AttributeName }) => AttributeName))];
  const missing = used.filter((name) => !defined.includes(name));
  if (defined.length <= used.length && missing.length > 0) {
    if (indexes.length === 0) refuseInvalid(messages.keyUndefined);
    refuseInvalid(messages.attributeUndefined(missing, defined));
  }
  if (defined.every((name) => used.includes(name))) return;
  if (indexes.length === 0) refuseInvalid(messages.attributeCount);
  refuseInvalid(messages.attributesUnused(defined, used));
}
