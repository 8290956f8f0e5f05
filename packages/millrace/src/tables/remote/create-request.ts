/** A definition as the CreateTable request that makes such a table elsewhere. */

import {
  type IndexDefinition,
  type KeySchema,
  keyAttributes,
  type TableDefinition,
  type Throughput,
} from "../catalog/definition.ts";
import { keySchema } from "../catalog/describe.ts";

/** With indexes, stream, capacity and tags; expiry has an operation of its own. */
export function createRequestOf(definition: TableDefinition): object {
  const { indexes = [], throughput, streamView, tags, onDemandMax } = definition;
  const schemas: readonly KeySchema[] = [definition, ...indexes];
  const types = new Map(schemas.flatMap(keyAttributes).map(({ name, type }) => [name, type]));
  const of = (scope: IndexDefinition["scope"]) =>
    indexes.filter((index) => index.scope === scope).map((index) => indexOf(index, throughput));
  const [locals, globals] = [of("local"), of("global")];
  return {
    TableName: definition.name,
    AttributeDefinitions: [...types].map(([AttributeName, AttributeType]) => {
      return { AttributeName, AttributeType };
    }),
    KeySchema: keySchema(definition),
    ...(locals.length > 0 && { LocalSecondaryIndexes: locals }),
    ...(globals.length > 0 && { GlobalSecondaryIndexes: globals }),
    BillingMode: throughput ? "PROVISIONED" : "PAY_PER_REQUEST",
    ...(throughput && { ProvisionedThroughput: unitsOf(throughput) }),
    ...(onDemandMax && { OnDemandThroughput: onDemandOf(onDemandMax) }),
    ...(streamView !== undefined && {
      StreamSpecification: { StreamEnabled: true, StreamViewType: streamView },
    }),
    ...(definition.deletionProtected && { DeletionProtectionEnabled: true }),
    ...(definition.tableClass !== undefined && { TableClass: definition.tableClass }),
    ...(tags && { Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) }),
  };
}

function indexOf(index: IndexDefinition, table: Throughput | undefined): object {
  const { projection, onDemandMax } = index;
  const units = table && index.scope === "global" ? (index.throughput ?? table) : undefined;
  return {
    IndexName: index.name,
    KeySchema: keySchema(index),
    Projection: {
      ProjectionType: projection.type,
      ...(projection.type === "INCLUDE" && { NonKeyAttributes: projection.attributes }),
    },
    ...(units && { ProvisionedThroughput: unitsOf(units) }),
    ...(onDemandMax && { OnDemandThroughput: onDemandOf(onDemandMax) }),
  };
}

function unitsOf({ readUnits, writeUnits }: Throughput): object {
  return { ReadCapacityUnits: readUnits, WriteCapacityUnits: writeUnits };
}

function onDemandOf({ readUnits, writeUnits }: Partial<Throughput>): object {
  return {
    ...(readUnits !== undefined && { MaxReadRequestUnits: readUnits }),
    ...(writeUnits !== undefined && { MaxWriteRequestUnits: writeUnits }),
  };
}
