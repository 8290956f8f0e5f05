/** Keys and indexes of an `AWS::DynamoDB::Table`: what is wrong with them is said at its place. */

import { type IndexDefinition, type KeyAttribute, keyPartCountMax } from "../../tables/mod.ts";
import { choice, list, object, required, text, type ValueOf } from "../schema.ts";
import {
  contributorInsights,
  onDemandMaxOf,
  onDemandThroughput,
  throughput,
  throughputOf,
} from "./table.ts";

export const attributeName = text({
  pattern: /^.{1,255}$/s,
  form: "a name of 1 to 255 characters",
});

export const attributeDefinitions = list(
  object({
    AttributeName: required(attributeName),
    AttributeType: required(choice("S", "N", "B")),
  }),
  { min: 1 },
);

const keySchemaElement = object({
  AttributeName: required(attributeName),
  KeyType: required(choice("HASH", "RANGE")),
});
export const keySchema = list(keySchemaElement, { min: 1, max: 2 });
const globalKeySchema = list(keySchemaElement, { min: 1, max: 2 * keyPartCountMax });

const indexBase = {
  IndexName: required(
    text({
      pattern: /^[A-Za-z0-9_.-]{3,255}$/,
      form: "an index name: 3 to 255 of A-Z a-z 0-9 _ . -",
    }),
  ),
  Projection: required(
    object({
      ProjectionType: required(choice("ALL", "KEYS_ONLY", "INCLUDE")),
      NonKeyAttributes: list(attributeName, { min: 1, max: 20 }),
    }),
  ),
} as const;

export const globalIndexBase = { ...indexBase, KeySchema: required(globalKeySchema) } as const;

const localIndex = { ...indexBase, KeySchema: required(keySchema) } as const;
export const localIndexes = list(object(localIndex), { min: 1, max: 5 });
const globalIndex = {
  ...globalIndexBase,
  ProvisionedThroughput: throughput,
  OnDemandThroughput: onDemandThroughput,
  ContributorInsightsSpecification: contributorInsights,
} as const;
export const globalIndexes = list(object(globalIndex), { min: 1, max: 20 });

type AttributeDefinitions = ValueOf<typeof attributeDefinitions>;
type KeySchema = ValueOf<typeof keySchema>;
type Index = ValueOf<typeof globalIndexes>[number];

/** Where something stands, and how to say what is wrong there. */
export interface Place {
  readonly path: readonly (string | number)[];
  report(path: readonly (string | number)[], message: string): void;
}

/** The partition key and the sort key, as far as they are sound. */
export function readKeys(
  schema: KeySchema,
  definitions: AttributeDefinitions,
  { path, report }: Place,
): (KeyAttribute | undefined)[] {
  const expected = ["HASH", "RANGE"];
  if (schema[1] && schema[0]?.AttributeName === schema[1].AttributeName) {
    report([...path, 1, "AttributeName"], "the partition key and the sort key have the same name");
  }
  for (const [at, { KeyType }] of schema.entries()) {
    if (KeyType === expected[at]) continue;
    report([...path, at, "KeyType"], `the key type here must be '${expected[at]}'`);
  }
  return readAttributes(schema, definitions, { path, report });
}

function readAttributes(
  schema: KeySchema,
  definitions: AttributeDefinitions,
  { path, report }: Place,
): (KeyAttribute | undefined)[] {
  return schema.map(({ AttributeName: name }, at) => {
    const definition = definitions.find((one) => one.AttributeName === name);
    if (definition) return { name, type: definition.AttributeType };
    report([...path, at, "AttributeName"], `'${name}' is not in AttributeDefinitions`);
    return undefined;
  });
}

/** The keys of an index as its definition has them; `undefined` where they are not sound. */
function readIndexKeys(
  scope: IndexDefinition["scope"],
  schema: KeySchema,
  { definitions, keys, ...place }: IndexedTable & Place,
): Pick<IndexDefinition, "partitionKey" | "sortKey" | "furtherKeys"> | undefined {
  const partitionCount = schema.filter(({ KeyType }) => KeyType === "HASH").length;
  const several = partitionCount > 1 || schema.length - partitionCount > 1;
  if (scope === "global" && several) return readSeveralKeys(schema, definitions, place);
  const [partitionKey, sortKey] = readKeys(schema, definitions, place);
  if (scope === "local") checkLocal([partitionKey, sortKey], keys, place);
  return partitionKey && { partitionKey, ...(sortKey && { sortKey }) };
}

function readSeveralKeys(schema: KeySchema, definitions: AttributeDefinitions, place: Place) {
  const { path, report } = place;
  const partitionCount = schema.filter(({ KeyType }) => KeyType === "HASH").length;
  for (const [at, { AttributeName: name, KeyType }] of schema.entries()) {
    const expected = at < Math.max(1, partitionCount) ? "HASH" : "RANGE";
    if (KeyType !== expected) {
      report([...path, at, "KeyType"], `the key type here must be '${expected}'`);
    }
    if (schema.findIndex((one) => one.AttributeName === name) < at) {
      report([...path, at, "AttributeName"], `'${name}' stands in the key twice`);
    }
  }
  if (partitionCount > keyPartCountMax || schema.length - partitionCount > keyPartCountMax) {
    report(path, `each key has at most ${keyPartCountMax} attributes`);
  }
  const attributes = readAttributes(schema, definitions, place);
  const sound = attributes.filter((one) => one !== undefined);
  const [partitionKey, ...partition] = sound.slice(0, partitionCount);
  const [sortKey, ...sort] = sound.slice(partitionCount);
  if (!partitionKey || sound.length < schema.length) return undefined;
  return { partitionKey, ...(sortKey && { sortKey }), furtherKeys: { partition, sort } };
}

/** The table that the indexes are of. */
export interface IndexedTable {
  readonly definitions: AttributeDefinitions;
  readonly keys: readonly (KeyAttribute | undefined)[];
}

/** The indexes of one list that are sound. */
export function readIndexes(
  scope: IndexDefinition["scope"],
  given: readonly Index[],
  { definitions, keys, ...place }: IndexedTable & Place,
): IndexDefinition[] {
  return given.flatMap((one, at) => {
    const path = [...place.path, at];
    const keyPlace = { path: [...path, "KeySchema"], report: place.report };
    const ofTable = { definitions, keys, ...keyPlace };
    const indexKeys = readIndexKeys(scope, one.KeySchema, ofTable);
    const projection = readProjection(one, { path, report: place.report });
    if (!indexKeys || !projection) return [];
    const name = one.IndexName;
    const { ProvisionedThroughput: units, OnDemandThroughput: most } = one;
    return [
      {
        name,
        scope,
        ...indexKeys,
        projection,
        ...(units && { throughput: throughputOf(units) }),
        ...(most && { onDemandMax: onDemandMaxOf(most) }),
      },
    ];
  });
}

function checkLocal(
  [partitionKey, sortKey]: readonly (KeyAttribute | undefined)[],
  [tablePartition, tableSort]: readonly (KeyAttribute | undefined)[],
  { path, report }: Place,
): void {
  if (!tableSort) report(path, "a local index needs a table with a sort key");
  if (!sortKey) report(path, "a local index needs a sort key");
  if (partitionKey && tablePartition && partitionKey.name !== tablePartition.name) {
    report(
      [...path, 0, "AttributeName"],
      `the partition key of a local index is the table's, '${tablePartition.name}'`,
    );
  }
}

function readProjection({ Projection }: Index, { path, report }: Place) {
  const { ProjectionType: type, NonKeyAttributes: attributes } = Projection;
  const included = type === "INCLUDE";
  if (included && attributes) return { type, attributes };
  if (included) report([...path, "Projection"], "the property 'NonKeyAttributes' is missing");
  if (!included && attributes) {
    const message = "'NonKeyAttributes' goes with the projection type 'INCLUDE' alone";
    report([...path, "Projection", "NonKeyAttributes"], message);
  }
  return included || attributes ? undefined : { type };
}
