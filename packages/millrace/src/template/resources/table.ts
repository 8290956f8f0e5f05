/** What the types of tables have in common. */

import type { OnDemandMax, Throughput } from "../../tables/mod.ts";
import type { Identity } from "../resource-type.ts";
import { boolean, choice, integer, object, required, text, type ValueOf } from "../schema.ts";

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

export const contributorInsights = object({
  Enabled: required(boolean()),
  Mode: choice("ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"),
});

/** The mode that is asked for; `undefined`: they are off. */
export function insightsModeOf(
  given: ValueOf<typeof contributorInsights> | undefined,
): string | undefined {
  return given?.Enabled ? (given.Mode ?? "ACCESSED_AND_THROTTLED_KEYS") : undefined;
}

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

/**
 * The stream of the table, whichever that will be: its label is the moment at which it begins. In a
 * policy it stands for all streams of the table.
 */
export function streamArnOf({ partition, region, accountId, name }: Identity): string {
  return `arn:${partition}:dynamodb:${region}:${accountId}:table/${name}/stream/*`;
}

const streamToCome = /:table\/[A-Za-z0-9_.-]+\/stream\/\*/;

/** Why the text cannot be used as it is, where it names a stream whose ARN is not known yet. */
export function streamProblem(text: string): string | undefined {
  if (!streamToCome.test(text)) return undefined;
  return (
    "the ARN of a stream is known only once its table is there: ask DescribeTable for " +
    "LatestStreamArn"
  );
}

export const tableAttributes = {
  Arn: ({ partition, region, accountId, name }: Identity) =>
    `arn:${partition}:dynamodb:${region}:${accountId}:table/${name}`,
};
