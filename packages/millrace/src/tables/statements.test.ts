import { beforeEach, expect, test } from "bun:test";
import type { Item } from "../expressions/mod.ts";
import type { Tables } from "./mod.ts";
import { caller, must, openTables } from "./table-fixture.ts";

let tables: Tables;
let call: ReturnType<typeof caller>;

beforeEach(async () => {
  ({ tables } = await openTables());
  call = caller(tables);
  const songs = {
    name: "songs",
    partitionKey: { name: "artist", type: "S" },
    sortKey: { name: "title", type: "S" },
    indexes: [
      {
        name: "byYear",
        scope: "global",
        partitionKey: { name: "year", type: "N" },
        projection: { type: "KEYS_ONLY" },
      },
    ],
  } as const;
  await must(tables.define(songs));
  for (const item of items) await must(tables.putItem({ TableName: "songs", Item: item }));
});

const S = (text: string) => ({ S: text });
const N = (number: number) => ({ N: String(number) });
const song = (artist: string, title: string, more: Item = {}): Item => ({
  artist: S(artist),
  title: S(title),
  ...more,
});
const items = [
  song("acme", "a", { year: N(1999), tags: { SS: ["x"] }, info: { M: { n: N(1) } } }),
  song("acme", "b", { year: N(2001) }),
  song("acme", "c"),
  song("other", "a", { year: N(1999) }),
];

const run = async (Statement: string, ...Parameters: object[]) => {
  const more = Parameters.length > 0 ? { Parameters } : {};
  const answer = await call("ExecuteStatement", { Statement, ...more });
  return typeof answer === "string" ? answer : (answer as { Items: Item[] }).Items;
};
const titles = async (statement: string, ...parameters: object[]) => {
  const found = await run(statement, ...parameters);
  return typeof found === "string" ? found : found.map((item) => (item.title as { S: string }).S);
};

test.each([
  [`SELECT * FROM songs WHERE artist = 'acme'`, ["a", "b", "c"]],
  [`select * from "songs" where artist = 'acme' order by title desc`, ["c", "b", "a"]],
  [`SELECT * FROM songs WHERE artist = 'acme' AND title >= 'b'`, ["b", "c"]],
  [`SELECT * FROM songs WHERE artist = 'acme' AND "year" > 2000`, ["b"]],
  [`SELECT * FROM songs WHERE artist = 'acme' AND title BETWEEN 'a' AND 'b'`, ["a", "b"]],
  [`SELECT * FROM songs WHERE artist = 'acme' AND "year" IS MISSING`, ["c"]],
  [`SELECT * FROM songs WHERE artist = 'acme' AND NOT ("year" IS NOT MISSING)`, ["c"]],
  [`SELECT * FROM songs WHERE title IN ['b', 'c']`, ["b", "c"]],
  [`SELECT * FROM songs WHERE "year" = 1999`, ["a", "a"]],
  [`SELECT * FROM songs."byYear" WHERE "year" = 1999`, ["a", "a"]],
  [`SELECT * FROM songs WHERE contains(tags, 'x') OR begins_with(title, 'c')`, ["a", "c"]],
  [`SELECT * FROM songs WHERE info.n = 1`, ["a"]],
  [`SELECT * FROM songs WHERE artist = 'it''s'`, []],
])("%s", async (statement, expected) => {
  expect(await titles(statement)).toEqual(expected);
});

test("parameters take the places of the question marks, in order", async () => {
  const found = await titles(
    "SELECT title FROM songs WHERE artist = ? AND title = ?",
    S("acme"),
    S("b"),
  );
  expect(found).toEqual(["b"]);
  expect(await run("SELECT * FROM songs WHERE artist = ?")).toBe(
    "ValidationException: Number of parameters in request and statement don't match.",
  );
});

test("a selection goes on from its token", async () => {
  const page = async (more: object) =>
    (await call("ExecuteStatement", {
      Statement: "SELECT title FROM songs WHERE artist = 'acme'",
      Limit: 2,
      ...more,
    })) as unknown as { Items: Item[]; NextToken?: string };
  const first = await page({});
  const second = await page({ NextToken: first.NextToken });
  expect([first.Items, second.Items]).toEqual([
    [{ title: S("a") }, { title: S("b") }],
    [{ title: S("c") }],
  ]);
});

test.each([
  ["a table", "SELECT * FROM songs WHERE artist = 'acme'", { artist: "aaaa", title: "a" }],
  ["a table reversed", "SELECT * FROM songs WHERE artist = 'acme' ORDER BY title DESC", {}],
  ["the sort key asked", "SELECT * FROM songs WHERE artist = 'other' AND title > 'b'", {}],
  ["an index", 'SELECT * FROM songs."byYear" WHERE "year" = 2001', { year: 1999 }],
])("a token from outside of %s is refused", async (_, Statement, more) => {
  const { artist = "other", title = "a", year } = more as Record<string, string & number>;
  const key = {
    artist: S(artist),
    title: S(title),
    ...(year === undefined ? {} : { year: N(year) }),
  };
  const NextToken = Buffer.from(JSON.stringify(key)).toString("base64");
  expect(await call("ExecuteStatement", { Statement, NextToken })).toBe(
    "ValidationException: Invalid NextToken",
  );
});

test.each([
  '{"artist":5,"title":{"S":"a"}}',
  '{"artist":{"S":5},"title":{"S":"a"}}',
  '{"artist":{},"title":{"S":"a"}}',
  '{"artist":{"S":"acme"}}',
  '{"__proto__":{"S":"a"}}',
  "[]",
  "null",
  "5",
  "{",
])("the token %s is refused", async (text) => {
  const NextToken = Buffer.from(text).toString("base64");
  const Statement = "SELECT * FROM songs";
  expect(await call("ExecuteStatement", { Statement, NextToken })).toBe(
    "ValidationException: Invalid NextToken",
  );
});

test("items are inserted once", async () => {
  const insert = `INSERT INTO songs VALUE {'artist': 'new', 'title': ?, 'n': -1.50, 'l': [1, true, null], 's': <<'a', 'b'>>}`;
  expect(await run(insert, S("x"))).toEqual([]);
  expect(await run("SELECT * FROM songs WHERE artist = 'new'")).toEqual([
    song("new", "x", {
      n: { N: "-1.5" },
      l: { L: [N(1), { BOOL: true }, { NULL: true }] },
      s: { SS: ["a", "b"] },
    }),
  ]);
  expect(await run(insert, S("x"))).toBe(
    "DuplicateItemException: Duplicate primary key exists in table",
  );
});

test("items are updated when they are there and meet the condition", async () => {
  const where = "WHERE artist = 'acme' AND title = 'a'";
  const updated = await run(
    `UPDATE songs SET "year" = "year" + 1 SET tags = set_add(tags, <<'y'>>) REMOVE info ${where} RETURNING ALL NEW *`,
  );
  expect(updated).toEqual([song("acme", "a", { year: N(2000), tags: { SS: ["x", "y"] } })]);
  expect(await run(`UPDATE songs SET "year" = 1 ${where} RETURNING MODIFIED OLD *`)).toEqual([
    { year: N(2000) },
  ]);
  const failed = "ConditionalCheckFailedException: The conditional request failed";
  expect(await run(`UPDATE songs SET n = 1 ${where} AND "year" = 7`)).toBe(failed);
  expect(await run("UPDATE songs SET n = 1 WHERE artist = 'no' AND title = 'x'")).toBe(failed);
});

test("items are deleted; what is not there is no error", async () => {
  const where = "WHERE artist = 'acme' AND title = 'a'";
  expect(await run(`DELETE FROM songs ${where} AND "year" = 7`)).toBe(
    "ConditionalCheckFailedException: The conditional request failed",
  );
  expect(await run(`DELETE FROM songs ${where} RETURNING ALL OLD *`)).toEqual([items[0]!]);
  expect(await run(`DELETE FROM songs ${where}`)).toEqual([]);
});

const malformed = "ValidationException: Statement wasn't well formed, can't be processed: ";

test.each([
  ["DROP TABLE songs", `${malformed}Expected data manipulation`],
  ["SELECT FROM songs", `${malformed}Expected data manipulation`],
  ["SELECT * FROM songs WHERE", `${malformed}Unexpected term`],
  ["INSERT INTO songs (a) VALUES (1)", `${malformed}Unexpected token after expression`],
  ["SELECT * FROM none", "ResourceNotFoundException: Requested resource not found"],
  [
    "DELETE FROM songs WHERE artist = 'acme'",
    "ValidationException: Where clause does not contain a mandatory equality on all key attributes",
  ],
  [
    "UPDATE songs SET n = 1 WHERE title = 'a'",
    "ValidationException: Where clause does not contain a mandatory equality on all key attributes",
  ],
  [
    "INSERT INTO songs VALUE {'artist': 'x'}",
    "ValidationException: One or more parameter values were invalid: Missing the key title in the item",
  ],
  [
    "SELECT * FROM songs ORDER BY title",
    "ValidationException: Must have WHERE clause in the statement when using ORDER BY clause.",
  ],
])("%s is refused", async (statement, message) => {
  expect(await run(statement)).toBe(message);
});

const batch = async (...statements: string[]): Promise<unknown> =>
  call("BatchExecuteStatement", {
    Statements: statements.map((Statement) => ({ Statement })),
  });

test("statements of a batch stand and fall by themselves", async () => {
  const answers = await batch(
    `INSERT INTO songs VALUE {'artist': 'acme', 'title': 'b'}`,
    `UPDATE songs SET n = 1 WHERE artist = 'acme' AND title = 'c' RETURNING ALL NEW *`,
    "DELETE FROM none WHERE a = 1",
    "DELETE",
  );
  expect(answers).toMatchObject({
    Responses: [
      {
        TableName: "songs",
        Error: { Code: "DuplicateItem", Message: "Duplicate primary key exists in table" },
      },
      { TableName: "songs", Item: song("acme", "c", { n: N(1) }) },
      {
        TableName: "none",
        Error: { Code: "ResourceNotFound", Message: "Requested resource not found" },
      },
      { Error: { Code: "ValidationError" } },
    ],
  });
  expect(await batch(`SELECT title FROM songs WHERE artist = 'acme' AND title = 'a'`)).toEqual({
    Responses: [{ TableName: "songs", Item: { title: S("a") } }],
  });
});

test("a batch that reads and writes is refused, and does nothing", async () => {
  const mixed = batch(
    "DELETE FROM songs WHERE artist = 'acme' AND title = 'a'",
    "SELECT * FROM songs WHERE artist = 'acme' AND title = 'a'",
  );
  expect(await mixed).toBe(
    "ValidationException: BatchExecuteStatement API does not support both read and write operations.",
  );
  expect(await batch(`SELECT title FROM songs WHERE artist = 'acme' AND title = 'a'`)).toEqual({
    Responses: [{ TableName: "songs", Item: { title: S("a") } }],
  });
});

test("statements of a transaction happen all or none", async () => {
  const execute = (...statements: string[]) =>
    call("ExecuteTransaction", {
      TransactStatements: statements.map((Statement) => ({ Statement })),
    });
  const insert = "INSERT INTO songs VALUE {'artist': 'new', 'title': 'x'}";
  const exists = (n: number) =>
    `EXISTS(SELECT * FROM songs WHERE artist = 'acme' AND title = 'a' AND "year" = ${n})`;
  expect(await execute(insert, exists(1))).toBe(
    "TransactionCanceledException: Transaction cancelled, please refer cancellation reasons for specific reasons [None, ConditionalCheckFailed]",
  );
  expect((await execute(insert, exists(1999))) as unknown).toEqual({ Responses: [{}, {}] });
  expect(await execute(insert)).toEndWith("[DuplicateItem]");
  const read = await execute(
    "SELECT title FROM songs WHERE artist = 'new' AND title = 'x'",
    "SELECT * FROM songs WHERE artist = 'no' AND title = 'x'",
  );
  expect(read as unknown).toEqual({ Responses: [{ Item: { title: S("x") } }, {}] });
});

// [API: BatchExecuteStatement, "an equality condition on all key attributes"]: an index has none
// that is one item's. Leave is asked for the index, and so the table must not be read for it.
test("an item is read by its key from its table, never by the name of an index", async () => {
  const where = `WHERE artist = 'acme' AND title = 'a'`;
  for (const index of ["byYear", "none"]) {
    const Statement = `SELECT * FROM songs."${index}" ${where}`;
    const message =
      "Select statements of a batch or transaction read a table by its primary key, " +
      `not the index "${index}"`;
    expect(await call("BatchExecuteStatement", { Statements: [{ Statement }] })).toEqual({
      Responses: [{ TableName: "songs", Error: { Code: "ValidationError", Message: message } }],
    });
    expect(await call("ExecuteTransaction", { TransactStatements: [{ Statement }] })).toBe(
      `ValidationException: ${message}`,
    );
  }
});
