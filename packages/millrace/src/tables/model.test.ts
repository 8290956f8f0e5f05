import { expect, test } from "bun:test";
import fc from "fast-check";
import type { Item } from "../expressions/mod.ts";
import type { Tables } from "./mod.ts";
import { must, openTables } from "./table-fixture.ts";

/** The model: items in a map under the text of their key. */
type Model = Map<string, Item>;

type Step =
  | { do: "put"; pk: string; sk: number; n: number; onlyNew: boolean }
  | { do: "add"; pk: string; sk: number; n: number }
  | { do: "delete"; pk: string; sk: number; onlyAbove: number }
  | { do: "get"; pk: string; sk: number }
  | { do: "query"; pk: string; from: number; to: number; limit: number; forward: boolean };

const pk = fc.constantFrom("a", "b", "aa");
const sk = fc.integer({ min: -12, max: 12 });
const n = fc.integer({ min: -3, max: 3 });

const steps: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant("put" as const), pk, sk, n, onlyNew: fc.boolean() }),
  fc.record({ do: fc.constant("add" as const), pk, sk, n }),
  fc.record({ do: fc.constant("delete" as const), pk, sk, onlyAbove: n }),
  fc.record({ do: fc.constant("get" as const), pk, sk }),
  fc.record({
    do: fc.constant("query" as const),
    pk,
    from: sk,
    to: sk,
    limit: fc.integer({ min: 1, max: 5 }),
    forward: fc.boolean(),
  }),
);

const TableName = "sorted";
const keyOf = (step: { pk: string; sk: number }) => ({
  pk: { S: step.pk },
  sk: { N: String(step.sk) },
});
const numberOf = (item: Item | undefined) =>
  item?.n ? Number((item.n as { N: string }).N) : undefined;
const failed = "ConditionalCheckFailedException";

/** What the step answers on the real tables. */
async function runReally(tables: Tables, step: Step): Promise<unknown> {
  const number = { ":n": { N: "n" in step ? String(step.n) : "0" } };
  switch (step.do) {
    case "put": {
      const ConditionExpression = step.onlyNew ? "attribute_not_exists(pk)" : undefined;
      const Item = { ...keyOf(step), n: number[":n"] };
      const put = await tables.putItem({
        TableName,
        Item,
        ConditionExpression,
        ReturnValues: "ALL_OLD",
      });
      return put.ok ? put.value.Attributes : put.error.code;
    }
    case "add": {
      const update = { UpdateExpression: "ADD n :n", ExpressionAttributeValues: number };
      const Key = keyOf(step);
      const added = tables.call("UpdateItem", {
        TableName,
        Key,
        ...update,
        ReturnValues: "ALL_NEW",
      });
      return (await must(added)).Attributes;
    }
    case "delete": {
      const deleted = await tables.call("DeleteItem", {
        TableName,
        Key: keyOf(step),
        ConditionExpression: "n > :n",
        ExpressionAttributeValues: { ":n": { N: String(step.onlyAbove) } },
        ReturnValues: "ALL_OLD",
      });
      return deleted.ok ? deleted.value.Attributes : deleted.error.code;
    }
    case "get":
      return (await must(tables.call("GetItem", { TableName, Key: keyOf(step) }))).Item;
    case "query":
      return queryAll(tables, step);
  }
}

async function queryAll(tables: Tables, step: Extract<Step, { do: "query" }>): Promise<Item[]> {
  const found: Item[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = await must(
      tables.call("Query", {
        TableName,
        KeyConditionExpression: "pk = :p AND sk BETWEEN :from AND :to",
        ExpressionAttributeValues: {
          ":p": { S: step.pk },
          ":from": { N: String(Math.min(step.from, step.to)) },
          ":to": { N: String(Math.max(step.from, step.to)) },
        },
        Limit: step.limit,
        ScanIndexForward: step.forward,
        ExclusiveStartKey,
      }),
    );
    found.push(...(page.Items ?? []));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  return found;
}

/** What it should answer. */
function runModel(model: Model, step: Step): unknown {
  if (step.do === "query") {
    const [from, to] = [Math.min(step.from, step.to), Math.max(step.from, step.to)];
    const place = (item: Item) => Number((item.sk as { N: string }).N);
    const found = [...model.values()].filter((item) => {
      return (item.pk as { S: string }).S === step.pk && place(item) >= from && place(item) <= to;
    });
    found.sort((left, right) => place(left) - place(right));
    return step.forward ? found : found.reverse();
  }
  const key = JSON.stringify([step.pk, step.sk]);
  const old = model.get(key);
  switch (step.do) {
    case "put":
      if (step.onlyNew && old) return failed;
      model.set(key, { ...keyOf(step), n: { N: String(step.n) } });
      return old;
    case "add":
      model.set(key, { ...keyOf(step), n: { N: String((numberOf(old) ?? 0) + step.n) } });
      return model.get(key);
    case "delete":
      if (!old || numberOf(old)! <= step.onlyAbove) return failed;
      model.delete(key);
      return old;
    case "get":
      return old;
  }
}

test("any sequence of operations answers as a plain map does", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(steps, { minLength: 1, maxLength: 40 }), async (sequence) => {
      const { tables } = await openTables();
      const model: Model = new Map();
      for (const [at, step] of sequence.entries()) {
        expect([at, await runReally(tables, step)]).toEqual([at, runModel(model, step)]);
      }
    }),
    { numRuns: 150 },
  );
});
