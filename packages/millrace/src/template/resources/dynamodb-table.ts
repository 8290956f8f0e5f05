/** `AWS::DynamoDB::Table`: keys and expiry. Indexes, streams, backups and tags are refused. */

import type { KeyAttribute } from "../../tables/mod.ts";
import { defineResource, type Resource, stackAndLogicalId } from "../resource-type.ts";
import { boolean, choice, list, object, required, text, type ValueOf } from "../schema.ts";
import { tableAttributes, tableName, tableTypes, throughput } from "./table.ts";

const attributeName = text({ pattern: /^.{1,255}$/s, form: "a name of 1 to 255 characters" });

const properties = object({
  TableName: tableName,
  AttributeDefinitions: required(
    list(
      object({
        AttributeName: required(attributeName),
        AttributeType: required(choice("S", "N", "B")),
      }),
      { min: 1 },
    ),
  ),
  KeySchema: required(
    list(
      object({
        AttributeName: required(attributeName),
        KeyType: required(choice("HASH", "RANGE")),
      }),
      { min: 1, max: 2 },
    ),
  ),
  BillingMode: choice("PROVISIONED", "PAY_PER_REQUEST"),
  ProvisionedThroughput: throughput,
  TimeToLiveSpecification: object({ AttributeName: attributeName, Enabled: required(boolean()) }),
});

type Properties = ValueOf<typeof properties>;

export const dynamodbTable = defineResource({
  type: tableTypes.table,
  properties,
  nameProperty: "TableName",
  namespace: "table",
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: tableAttributes,
  build(resource, draft) {
    const [partitionKey, sortKey] = readKeys(resource);
    const ttlAttribute = readTimeToLive(resource);
    checkCapacity(resource);
    if (resource.properties.BillingMode !== "PAY_PER_REQUEST") {
      draft.noteWithoutEffect("ProvisionedThroughput");
    }
    const { name } = resource.identity;
    resource.mark(`table:${name}`, []);
    if (!partitionKey) return;
    draft.tables.push({
      name,
      partitionKey,
      ...(sortKey && { sortKey }),
      ...(ttlAttribute !== undefined && { ttlAttribute }),
    });
  },
});

function readKeys(resource: Resource<Properties>): (KeyAttribute | undefined)[] {
  const { KeySchema: schema, AttributeDefinitions: definitions } = resource.properties;
  const expected = ["HASH", "RANGE"];
  const keys = schema.map(({ AttributeName: name, KeyType }, index) => {
    const at = ["Properties", "KeySchema", index];
    if (KeyType !== expected[index]) {
      resource.report([...at, "KeyType"], `the key type here must be '${expected[index]}'`);
    }
    const definition = definitions.find((one) => one.AttributeName === name);
    if (definition) return { name, type: definition.AttributeType };
    resource.report([...at, "AttributeName"], `'${name}' is not in AttributeDefinitions`);
    return undefined;
  });
  definitions.forEach(({ AttributeName: name }, index) => {
    if (schema.some((key) => key.AttributeName === name)) return;
    const at = ["Properties", "AttributeDefinitions", index, "AttributeName"];
    resource.report(at, `'${name}' is defined but no key: other attributes need no definition`);
  });
  return keys;
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

/** As CreateTable does: capacity units exactly where they are billed. */
function checkCapacity({ properties: given, report }: Resource<Properties>): void {
  const onDemand = given.BillingMode === "PAY_PER_REQUEST";
  if (onDemand && given.ProvisionedThroughput) {
    const message = "'ProvisionedThroughput' and 'PAY_PER_REQUEST' exclude each other";
    report(["Properties", "ProvisionedThroughput"], message);
  }
  if (!onDemand && !given.ProvisionedThroughput) {
    const message = "'ProvisionedThroughput' is missing, or 'BillingMode: PAY_PER_REQUEST'";
    report(["Properties"], message);
  }
}
