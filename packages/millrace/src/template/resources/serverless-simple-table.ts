/** `AWS::Serverless::SimpleTable`: a table with one key attribute, `id` unless told otherwise. */

import { defineResource, stackAndLogicalId } from "../resource-type.ts";
import { boolean, choice, dictionary, object, required, text } from "../schema.ts";
import { tableAttributes, tableName, tableTypes, throughput, throughputOf } from "./table.ts";

const keyTypes = { String: "S", Number: "N", Binary: "B" } as const;

export const serverlessSimpleTable = defineResource({
  type: tableTypes.simple,
  properties: object({
    TableName: tableName,
    PrimaryKey: object({
      Name: required(text({ pattern: /^.{1,255}$/s, form: "a name of 1 to 255 characters" })),
      Type: required(choice("String", "Number", "Binary")),
    }),
    ProvisionedThroughput: throughput,
    SSESpecification: object({ SSEEnabled: boolean() }),
    PointInTimeRecoverySpecification: object({ PointInTimeRecoveryEnabled: boolean() }),
    Tags: dictionary(text()),
  }),
  globals: ["SSESpecification"],
  nameProperty: "TableName",
  namespace: "table",
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: tableAttributes,
  build({ identity, properties, mark }, draft) {
    const key = properties.PrimaryKey ?? { Name: "id", Type: "String" };
    const { ProvisionedThroughput: units, PointInTimeRecoverySpecification: recovery } = properties;
    if (properties.SSESpecification) {
      draft.noteWithoutEffect("SSESpecification (tables are not encrypted on disk)");
    }
    mark(`table:${identity.name}`, []);
    draft.tables.push({
      name: identity.name,
      partitionKey: { name: key.Name, type: keyTypes[key.Type] },
      ...(units && { throughput: throughputOf(units) }),
      ...(properties.Tags && { tags: properties.Tags }),
      ...(recovery?.PointInTimeRecoveryEnabled && { recoveryDays: 35 }),
    });
  },
});
