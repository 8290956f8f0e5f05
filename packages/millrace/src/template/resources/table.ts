/** What the types of tables have in common. */

import type { OnDemandMax, Throughput } from "../../tables/mod.ts";
import type { Identity } from "../resource-type.ts";
import { integer, object, required, text, type ValueOf } from "../schema.ts";

export const tableTypes = {
  table: "AWS::DynamoDB::Table",
  simple: "AWS::Serverless::SimpleTable",
  global: "AWS::DynamoDB::GlobalTable",
} as const;

export const tableName = text({
  pattern: /^[A-Za-z0-9_.-]{3,255}$/,
  form: "a table name: 3 to 255 of A-Z a-z 0-9 _ . -",
});

export const throughput = object({
  ReadCapacityUnits: required(integer(1, Number.MAX_SAFE_INTEGER)),
  WriteCapacityUnits: required(integer(1, Number.MAX_SAFE_INTEGER)),
});

export const onDemandThroughput = object({
  MaxReadRequestUnits: integer(-1, Number.MAX_SAFE_INTEGER),
  MaxWriteRequestUnits: integer(-1, Number.MAX_SAFE_INTEGER),
});

/** Bounds of what is billed on demand, as a definition has them. */
export function onDemandMaxOf(units: ValueOf<typeof onDemandThroughput>): OnDemandMax {
  const { MaxReadRequestUnits: readUnits, MaxWriteRequestUnits: writeUnits } = units;
  return {
    ...(readUnits !== undefined && { readUnits }),
    ...(writeUnits !== undefined && { writeUnits }),
  };
}

/** Capacity units as a definition has them. */
export function throughputOf(units: ValueOf<typeof throughput>): Throughput {
  return { readUnits: units.ReadCapacityUnits, writeUnits: units.WriteCapacityUnits };
}

export const tableAttributes = {
  Arn: ({ partition, region, accountId, name }: Identity) =>
    `arn:${partition}:dynamodb:${region}:${accountId}:table/${name}`,
};
