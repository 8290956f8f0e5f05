/** Requests of the plainest kind are read on a way of their own, which nobody may notice. */

import { beforeAll, expect, test } from "bun:test";
import { ManualClock, type Random, silentLogger, textOf, utf8 } from "../base/mod.ts";
import { type Change, openMemoryRecords } from "../storage/mod.ts";
import type { IndexDefinition } from "./catalog/definition.ts";
import { createTables, type TableDefinition, type Tables } from "./mod.ts";
import { account, must, openTables, told } from "./table-fixture.ts";

let tables: Tables;
beforeAll(async () => {
  ({ tables } = await openTables());
});

/** A member that changes nothing, and with which no request is of the plainest kind. */
const longWay = { ReturnConsumedCapacity: "NONE" };

async function answered(operation: string, request: object): Promise<unknown> {
  const answer = await told(tables.answer(operation, request));
  return typeof answer === "string" ? answer : JSON.parse(textOf(answer));
}

/** Both ways of putting and reading; the bytes of the store are part of what is told. */
async function putAndGet(TableName: string, Item: object, added: object) {
  const put = await answered("PutItem", { TableName, Item, ...added });
  const { pk, sk } = Item as { pk?: unknown; sk?: unknown };
  const Key = TableName.endsWith("sorted") ? { pk, sk } : { pk };
  const found = await answered("GetItem", { TableName, Key, ConsistentRead: true, ...added });
  await answered("DeleteItem", { TableName, Key });
  return { put, found };
}

const pk = { S: "a" };
const sk = { N: "1" };
const deep = (levels: number): object => (levels === 0 ? { S: "x" } : { L: [deep(levels - 1)] });

test.each<[string, object]>([
  ["of every plain type", { pk, sk, s: { S: "ä" }, b: { BOOL: false }, n: { NULL: true } }],
  ["with nested values", { pk, sk, m: { M: { "": { S: "" }, l: { L: [{ N: "-7" }, pk] } } } }],
  ["with numbers to be brought into form", { pk, sk: { N: "01.50" }, n: { N: "1e3" } }],
  ["with a large number", { pk, sk: { N: "123456789012345678" }, n: { N: "-0" } }],
  ["with sets and bytes", { pk, sk, b: { B: "AA==" }, ss: { SS: ["b", "a"] }, ns: { NS: ["2"] } }],
  ["with names that look like numbers", { pk, sk, 2: { S: "two" }, 1: { S: "one" } }],
  ["with a name of old", { pk, sk, ["__proto__"]: { S: "x" }, constructor: { S: "y" } }],
  ["with a member that is absent", { pk, sk, gone: { S: "x", N: null } }],
  ["with a type that nobody knows", { pk, sk, x: { Z: "x" } }],
  ["with two types", { pk, sk, x: { S: "x", N: "1" } }],
  ["with no type", { pk, sk, x: {} }],
  ["with a value that is none", { pk, sk, x: "x" }],
  ["with a list for a value", { pk, sk, x: [] }],
  ["with a text that is a number", { pk, sk, x: { S: 1 } }],
  ["with a number that is one", { pk, sk, x: { N: 1 } }],
  ["with a number that is no number", { pk, sk, x: { N: "one" } }],
  ["with a false NULL", { pk, sk, x: { NULL: false } }],
  ["with half a character", { pk: { S: "\ud800" }, sk, x: { S: "x" } }],
  ["with half a character in a name", { pk, sk, "\udc00": { S: "x" } }],
  ["with an empty name", { pk, sk, "": { S: "x" } }],
  ["with an empty key", { pk: { S: "" }, sk }],
  ["with a key that is too long", { pk: { S: "x".repeat(2_049) }, sk }],
  ["with a long key", { pk: { S: "ä".repeat(1_024) }, sk }],
  ["with a key of another type", { pk: { N: "1" }, sk: { S: "1" } }],
  ["without its key", { sk }],
  ["with the deepest values", { pk, sk, x: deep(31) }],
  ["with values that are too deep", { pk, sk, x: deep(32) }],
  ["that is too large", { pk, sk, x: { S: "x".repeat(409_600) } }],
  ["that is none", []],
])("an item %s is put and found the same either way", async (_, item) => {
  for (const table of ["plain", "sorted", "absent", "arn:x:table/sorted", "?"]) {
    expect(await putAndGet(table, item, {})).toEqual(await putAndGet(table, item, longWay));
  }
});

test.each<[string, unknown]>([
  ["no object", "x"],
  ["a list", []],
  ["nothing", null],
  ["no table", { Key: { pk }, Item: { pk } }],
  ["a table that is no text", { TableName: 1, Key: { pk }, Item: { pk } }],
  ["no key and no item", { TableName: "plain" }],
  ["a key that is no object", { TableName: "plain", Key: "a", Item: null }],
  ["a key with too much", { TableName: "plain", Key: { pk, sk }, Item: { pk, sk } }],
  ["a consistency of text", { TableName: "plain", Key: { pk }, ConsistentRead: "true" }],
  ["a member that nobody knows", { TableName: "plain", Key: { pk }, Item: { pk }, Other: 1 }],
])("a request that has %s is answered the same either way", async (_, request) => {
  for (const operation of ["GetItem", "PutItem"]) {
    const isObject = typeof request === "object" && request !== null && !Array.isArray(request);
    const other = isObject ? { ...request, ...longWay } : request;
    expect(await answered(operation, request as object)).toEqual(
      await answered(operation, other as object),
    );
  }
});

const byKey = { partitionKey: { name: "pk", type: "S" } } as const;
const bySort = { ...byKey, sortKey: { name: "sk", type: "N" } } as const;
const all = { type: "ALL" } as const;
const global: IndexDefinition = {
  name: "by-owner",
  partitionKey: { name: "owner", type: "S" },
  sortKey: { name: "rank", type: "N" },
  scope: "global",
  projection: { type: "INCLUDE", attributes: ["m"] },
};
const local: IndexDefinition = {
  ...byKey,
  name: "by-rank",
  sortKey: { name: "rank", type: "N" },
  scope: "local",
  projection: all,
};

/** Of a table, what is there before and every item that is put after it, in this order. */
const stood = {
  ...{ pk, sk, owner: { S: "o" }, rank: { N: "7" }, expires: { N: "1800000000" } },
  m: { M: { l: { L: [{ N: "-120" }] } } },
};
const puts: object[] = [
  { ...stood, owner: { S: "other" }, expires: { N: "1800000001" } },
  { ...stood, rank: { S: "text" } },
  { ...stood, owner: { S: "" } },
  { ...stood, owner: { NULL: true }, expires: { S: "soon" } },
  { pk, sk, large: { S: "ä".repeat(20_000) } },
  { pk, sk },
  { ...stood, sk: { N: "30" }, pk: { S: "b" } },
  { ...stood, sk: { N: "30" }, pk: { S: "b" } },
];

/** Always the same bytes, so that the names of spaces are the same. */
function fixedRandom(): Random {
  let next = 0;
  const byte = () => (next = (next + 1) % 256);
  return { bytes: (count) => Uint8Array.from({ length: count }, byte), fraction: () => 0.5 };
}

/** Each answer with the changes of the store that came before it. */
async function putAll(definition: Partial<TableDefinition>, added: object) {
  const records = openMemoryRecords();
  const ports = { records, clock: new ManualClock(), random: fixedRandom(), logger: silentLogger };
  const tables = createTables({ ...ports, account, enforceCapacity: !!definition.throughput });
  const call = (Item: object, more: object) =>
    told(tables.answer("PutItem", { TableName: "here", Item, ...more }));
  await must(tables.define({ ...byKey, name: "here", ...definition }));
  await tables.settled();
  expect(await call(stood, longWay)).toEqual(utf8("{}"));
  let changes: Change[] = [];
  const { update } = records;
  records.update = (reads, decide) =>
    update.call(records, reads, (values) => {
      const decision = decide(values);
      changes.push(...decision.changes);
      return decision;
    }) as never;
  const seen: { readonly answer: unknown; readonly changes: Change[] }[] = [];
  for (const item of puts) {
    const answer = await call(item, added);
    seen.push({ answer: typeof answer === "string" ? answer : textOf(answer), changes });
    changes = [];
  }
  return seen;
}

const throughput = { readUnits: 1, writeUnits: 30 };

test.each<[string, Partial<TableDefinition>, { spaces: number; refused: number }]>([
  ["nothing more", {}, { spaces: 1, refused: 0 }],
  ["a sort key", bySort, { spaces: 1, refused: 0 }],
  ["a global index", { indexes: [global] }, { spaces: 2, refused: 3 }],
  ["a local index", { ...bySort, indexes: [local] }, { spaces: 2, refused: 1 }],
  ["items that expire", { ttlAttribute: "expires" }, { spaces: 2, refused: 0 }],
  ["a history", { recoveryDays: 7 }, { spaces: 3, refused: 0 }],
  ["a stream", { streamView: "NEW_AND_OLD_IMAGES" }, { spaces: 2, refused: 0 }],
  ["enforced capacity", { throughput }, { spaces: 1, refused: 3 }],
  [
    "all of it",
    {
      ...{ ...bySort, indexes: [global, local], ttlAttribute: "expires", recoveryDays: 7 },
      streamView: "NEW_IMAGE",
    },
    { spaces: 7, refused: 3 },
  ],
])("what is stored is the same, byte for byte, in a table with %s", async (_, more, counts) => {
  const seen = await putAll(more, {});
  expect(seen).toEqual(await putAll(more, longWay));
  expect({
    spaces: new Set(seen.flatMap(({ changes }) => changes.map(({ space }) => space))).size,
    refused: seen.filter(({ answer }) => answer !== "{}").length,
  }).toEqual(counts);
});
