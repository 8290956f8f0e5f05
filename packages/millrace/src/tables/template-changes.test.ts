import { expect, test } from "bun:test";
import { silentLogger } from "../base/mod.ts";
import type { TableDefinition } from "./mod.ts";
import { caller, must, openTables, startTables, told } from "./table-fixture.ts";

const units = (readUnits: number, writeUnits = readUnits) => ({ readUnits, writeUnits });
const definition: TableDefinition = {
  name: "changing",
  partitionKey: { name: "pk", type: "S" },
  throughput: units(5),
  indexes: [
    {
      name: "byKind",
      scope: "global",
      partitionKey: { name: "kind", type: "S" },
      projection: { type: "ALL" },
      throughput: units(7),
    },
  ],
};
const [index] = definition.indexes!;
const otherKey = { ...definition, partitionKey: { name: "id", type: "S" } } as const;
const Item = { pk: { S: "a" } };

type Opened = Awaited<ReturnType<typeof openTables>>;

const capacityOf = ({ tables }: Pick<Opened, "tables">) => {
  const { throughput, indexes } = tables.definitionOf("changing")!;
  return [throughput, indexes?.[0]?.throughput];
};

test("capacity that was moved stays while the template says the same as before", async () => {
  const { tables, records } = await openTables();
  await must(tables.define(definition));
  const call = caller(tables);
  const moved = { ReadCapacityUnits: 50, WriteCapacityUnits: 5 };
  await call("UpdateTable", { TableName: "changing", ProvisionedThroughput: moved });
  const Update = { IndexName: "byKind", ProvisionedThroughput: moved };
  await call("UpdateTable", {
    TableName: "changing",
    GlobalSecondaryIndexUpdates: [{ Update }],
  });
  const again = { tables: await startTables(records) };
  await must(again.tables.define(definition));
  expect(capacityOf(again)).toEqual([units(50, 5), units(50, 5)]);
  await must(again.tables.define({ ...definition, throughput: units(6) }));
  expect(capacityOf(again)).toEqual([units(6), units(50, 5)]);
  const changed = { ...index!, throughput: units(8) };
  await must(again.tables.define({ ...definition, throughput: units(6), indexes: [changed] }));
  expect(capacityOf(again)).toEqual([units(6), units(8)]);
});

test("a table that the template puts on demand is on demand", async () => {
  const { tables } = await openTables();
  await must(tables.define(definition));
  const { throughput: _, indexes: __, ...onDemand } = definition;
  await must(tables.define(onDemand));
  expect(capacityOf({ tables })).toEqual([undefined, undefined]);
});

test("another key is refused while there are items, and makes a new table of an empty one", async () => {
  const { tables } = await openTables();
  await must(tables.define(definition));
  await must(tables.define(otherKey));
  expect(tables.definitionOf("changing")?.partitionKey.name).toBe("id");
  await must(tables.putItem({ TableName: "changing", Item: { id: { S: "a" } } }));
  expect(await told(tables.define(definition))).toContain("KeySchema");
  expect(tables.definitionOf("changing")?.partitionKey.name).toBe("id");
});

test("another key takes the place of items when that is asked for", async () => {
  const { tables, records } = await openTables();
  await must(tables.define(definition));
  await must(tables.putItem({ TableName: "changing", Item }));
  await must(tables.define(otherKey, true));
  await must(tables.putItem({ TableName: "changing", Item: { id: { S: "b" } } }));
  await tables.settled();
  const again = await startTables(records);
  await must(again.define(otherKey));
  const { Items } = await must(again.call("Scan", { TableName: "changing" }));
  expect(Items).toEqual([{ id: { S: "b" } }]);
  expect(await records.range({ space: "tables-dropped", countMax: 9 })).toEqual([]);
});

test("a table that the template has no more is told, until a template has it again", async () => {
  const { tables, records } = await openTables();
  await must(tables.define(definition));
  const warned: unknown[] = [];
  const logger = { ...silentLogger, warn: (_: string, more?: object) => void warned.push(more) };
  const again = await startTables(records, undefined, { logger });
  await must(again.define(definition));
  again.tellUnseen();
  expect(warned).toEqual([{ table: "plain" }, { table: "sorted" }]);
});
