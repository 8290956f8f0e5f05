/** CreateTable: answered once the table is durable, and then at once ready. */

import { newUuid } from "../../base/mod.ts";
import {
  checkAttributes,
  checkBilling,
  checkIndexLists,
  checkKeyOrder,
  checkOnDemandUnwanted,
  checkTableName,
  onDemandMaxOf,
  readIndexes,
  readKeySchema,
  throughputOf,
} from "../catalog/check-table.ts";
import type { TableDefinition } from "../catalog/definition.ts";
import { describe } from "../catalog/describe.ts";
import { refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";
import { readRequest } from "../request/read.ts";
import {
  type CreateTableInput,
  createTableShape,
  type StreamInput,
} from "../request/table-shapes.ts";
import type { Operation } from "./operation.ts";
import { checkPolicy } from "./resource-policies.ts";
import { readTags } from "./tags.ts";

export const createTable: Operation = async (context, request) => {
  const { catalog, account, sizes, logger, random } = context;
  const input = readRequest(createTableShape, request);
  const { TableName, SSESpecification } = input;
  if (SSESpecification?.Enabled) logger.warn("tables are not encrypted on disk", { TableName });
  if (input.ResourcePolicy !== undefined) checkPolicy(input.ResourcePolicy);
  const { ResourcePolicy: document } = input;
  const policy = document !== undefined && { document, revisionId: newUuid(random) };
  // A table that is named by an ARN of elsewhere cannot be made here.
  const name = catalog.localName(TableName) ?? refuseInvalid(messages.arnInvalid(TableName));
  const table = await catalog.create(
    readDefinition(name, input),
    policy ? { "": policy } : undefined,
  );
  sizes.startEmpty(table);
  return { TableDescription: describe(table.state, { account, status: "CREATING" }) };
};

function readDefinition(name: string, input: CreateTableInput): TableDefinition {
  const { AttributeDefinitions: attributes, BillingMode = "PROVISIONED" } = input;
  const { LocalSecondaryIndexes: locals, GlobalSecondaryIndexes: globals } = input;
  checkTableName(name);
  checkBilling(BillingMode, input.ProvisionedThroughput, globals ?? []);
  if (BillingMode === "PROVISIONED") {
    checkOnDemandUnwanted(input.OnDemandThroughput);
    for (const index of globals ?? []) {
      checkOnDemandUnwanted(index.OnDemandThroughput, index.IndexName);
    }
  }
  checkKeyOrder(input.KeySchema);
  checkIndexLists(locals, globals);
  checkAttributes(attributes, input.KeySchema, [...(locals ?? []), ...(globals ?? [])]);
  const table = readKeySchema(input.KeySchema, attributes);
  const indexes = readIndexes(locals, globals, { attributes, table });
  const streamView = input.StreamSpecification && readStreamView(input.StreamSpecification);
  const units = input.ProvisionedThroughput;
  return {
    name,
    ...table,
    attributeOrder: attributes.map(({ AttributeName }) => AttributeName),
    ...(indexes.length > 0 && { indexes }),
    ...(units && { throughput: throughputOf(units) }),
    ...(input.OnDemandThroughput && { onDemandMax: onDemandMaxOf(input.OnDemandThroughput) }),
    ...(streamView && { streamView }),
    ...(input.DeletionProtectionEnabled && { deletionProtected: true }),
    ...(input.TableClass && { tableClass: input.TableClass }),
    ...(input.Tags && { tags: readTags(input.Tags) }),
  };
}

/** `undefined` where the stream shall be off. */
export function readStreamView(stream: StreamInput): string | undefined {
  const { StreamEnabled, StreamViewType } = stream;
  if (StreamEnabled && !StreamViewType) refuseInvalid(messages.streamViewMissing);
  if (!StreamEnabled && StreamViewType) refuseInvalid(messages.streamViewUnwanted);
  return StreamViewType;
}
