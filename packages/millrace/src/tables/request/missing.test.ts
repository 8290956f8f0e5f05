/** Nothing that the service takes is passed over in silence: shapes, held against its client. */

import { expect, test } from "bun:test";
import * as client from "@aws-sdk/client-dynamodb";
import { caller, openTables } from "../table-fixture.ts";
import * as backupShapes from "./backup-shapes.ts";
import * as featureShapes from "./feature-shapes.ts";
import * as itemShapes from "./item-shapes.ts";
import type { Shape, StructureShape } from "./shape.ts";
import * as statementShapes from "./statement-shapes.ts";
import * as tableShapes from "./table-shapes.ts";

/** Names of members by name of structure, as the service's client has them. */
function membersOf(name: string): readonly string[] | undefined {
  const schema = (client as unknown as Record<string, readonly unknown[]>)[`${name}$`];
  return schema?.[4] as readonly string[] | undefined;
}

function* structuresIn(shape: Shape): Iterable<StructureShape> {
  if (shape.kind === "list") yield* structuresIn(shape.member);
  if (shape.kind === "map") yield* structuresIn(shape.value);
  if (shape.kind !== "structure") return;
  yield shape;
  for (const member of Object.values(shape.members)) yield* structuresIn(member);
}

test("every member that the service knows is taken or named as missing", () => {
  const shapes: Shape[] = [backupShapes, featureShapes, itemShapes, statementShapes, tableShapes]
    .flatMap((file): unknown[] => Object.values(file))
    .map((shape) => shape as Shape);
  const structures = shapes.flatMap((shape) => [...structuresIn(shape)]);
  const unknown = structures.flatMap(({ name, members }) => {
    const known = membersOf(name) ?? [`no structure ${name}`];
    return known.filter((member) => !(member in members)).map((member) => `${name}.${member}`);
  });
  expect([...new Set(unknown)]).toEqual([]);
  expect(structures.length).toBeGreaterThan(40);
});

const table = {
  TableName: "made",
  AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
  KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
  BillingMode: "PAY_PER_REQUEST",
};
const units = { ReadUnitsPerSecond: 1, WriteUnitsPerSecond: 1 };
const refusal = (name: string, structure: string) =>
  `ValidationException: The member "${name}" of ${structure} is not implemented`;

test.each([
  ["CreateTable", { ...table, VectorIndexes: [{}] }, refusal("VectorIndexes", "CreateTable")],
  [
    "CreateTable",
    {
      ...table,
      GlobalSecondaryIndexes: [
        {
          IndexName: "byKey",
          KeySchema: table.KeySchema,
          Projection: { ProjectionType: "ALL" },
          WarmThroughput: units,
        },
      ],
    },
    refusal("WarmThroughput", "GlobalSecondaryIndex"),
  ],
  [
    "UpdateTable",
    { TableName: "plain", ReplicaUpdates: [{ Create: { RegionName: "us-east-1" } }] },
    refusal("ReplicaUpdates", "UpdateTable"),
  ],
] as const)("%s refuses a member that is not implemented", async (name, request, message) => {
  const { tables } = await openTables();
  expect(await caller(tables)(name, request)).toBe(message);
  const { TableNames } = (await caller(tables)("ListTables", {})) as { TableNames: string[] };
  expect(TableNames).toEqual(["plain", "sorted"]);
});

test("the bounds of an index on demand are told as they were asked for", async () => {
  const call = caller((await openTables()).tables);
  const index = {
    IndexName: "byKey",
    KeySchema: table.KeySchema,
    Projection: { ProjectionType: "ALL" },
    OnDemandThroughput: { MaxReadRequestUnits: 5, MaxWriteRequestUnits: -1 },
  };
  const shown = (units: object) => ({
    Table: { GlobalSecondaryIndexes: [{ IndexName: "byKey", OnDemandThroughput: units }] },
  });
  await call("CreateTable", { ...table, GlobalSecondaryIndexes: [index] });
  expect(await call("DescribeTable", { TableName: "made" })).toMatchObject(
    shown(index.OnDemandThroughput),
  );
  const OnDemandThroughput = { MaxReadRequestUnits: 7, MaxWriteRequestUnits: 8 };
  await call("UpdateTable", {
    TableName: "made",
    GlobalSecondaryIndexUpdates: [{ Update: { IndexName: "byKey", OnDemandThroughput } }],
  });
  expect(await call("DescribeTable", { TableName: "made" })).toMatchObject(
    shown(OnDemandThroughput),
  );
});
