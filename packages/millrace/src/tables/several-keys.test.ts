import { beforeEach, expect, test } from "bun:test";
import fc from "fast-check";
import type { AttributeValue, Item } from "../expressions/mod.ts";
import type { Tables } from "./mod.ts";
import { caller, must, openTables } from "./table-fixture.ts";

const TableName = "matches";
let tables: Tables;
let call: ReturnType<typeof caller>;

const hash = (AttributeName: string) => ({ AttributeName, KeyType: "HASH" });
const range = (AttributeName: string) => ({ AttributeName, KeyType: "RANGE" });
const index = (KeySchema: object[], IndexName = "byRound") => ({
  IndexName,
  KeySchema,
  Projection: { ProjectionType: "KEYS_ONLY" },
});
const byRound = index([hash("cup"), hash("area"), range("round"), range("bracket"), range("id")]);
const attributes = { id: "S", cup: "S", area: "S", round: "N", bracket: "S" };
const definitions = (names = Object.keys(attributes)) =>
  names.map((AttributeName) => {
    return { AttributeName, AttributeType: attributes[AttributeName as keyof typeof attributes] };
  });

const create = (GlobalSecondaryIndexes: object[], names?: string[], name = TableName) =>
  call("CreateTable", {
    TableName: name,
    AttributeDefinitions: definitions(names),
    KeySchema: [hash("id")],
    BillingMode: "PAY_PER_REQUEST",
    GlobalSecondaryIndexes,
  });

beforeEach(async () => {
  ({ tables } = await openTables());
  call = caller(tables);
  await create([byRound]);
});

const S = (text: string) => ({ S: text });
const N = (number: number) => ({ N: String(number) });

const put = (id: string, [cup, area, round, bracket]: readonly [string, string, number, string]) =>
  must(
    tables.putItem({
      TableName,
      Item: { id: S(id), cup: S(cup), area: S(area), round: N(round), bracket: S(bracket) },
    }),
  );

const values = { ":c": S("winter"), ":r": S("eu"), ":n": N(2), ":b": S("upper"), ":p": S("u") };
const whole = "cup = :c AND area = :r";

async function query(KeyConditionExpression: string, more: object = {}) {
  const used = Object.entries(values).filter(([name]) => KeyConditionExpression.includes(name));
  const answer = await call("Query", {
    TableName,
    IndexName: "byRound",
    KeyConditionExpression,
    ExpressionAttributeValues: Object.fromEntries(used),
    ...more,
  });
  if (typeof answer === "string") return answer;
  const { Items } = answer as unknown as { Items: Item[] };
  return Items.map(({ id }) => Object.values(id!)[0]).join("");
}

async function fill() {
  await put("a", ["winter", "eu", 10, "upper"]);
  await put("b", ["winter", "eu", 2, "upper"]);
  await put("c", ["winter", "eu", 2, "lower"]);
  await put("d", ["winter", "eu", 1, "upper"]);
  await put("e", ["winter", "us", 2, "upper"]);
  await put("f", ["wintere", "u", 2, "upper"]);
}

test("a global index has up to four attributes in either key, and is described so", async () => {
  const described = (await call("DescribeTable", { TableName })) as unknown as {
    Table: { GlobalSecondaryIndexes: { KeySchema: object[] }[] };
  };
  expect(described.Table.GlobalSecondaryIndexes[0]!.KeySchema).toEqual(byRound.KeySchema);
});

test.each([
  [whole, "dcba"],
  [`${whole} AND round = :n`, "cb"],
  [`${whole} AND round > :n`, "a"],
  [`${whole} AND round <= :n`, "dcb"],
  [`${whole} AND round = :n AND bracket = :b`, "b"],
  [`${whole} AND round = :n AND begins_with(bracket, :p)`, "b"],
  [`bracket < :b AND ${whole} AND round = :n`, "c"],
  [`${whole} AND round BETWEEN :n AND :n`, "cb"],
])("a Query where %s finds %s, in the order of all sort keys", async (condition, found) => {
  await fill();
  expect(await query(condition)).toBe(found);
  const reversed = [...found].reverse().join("");
  expect(await query(condition, { ScanIndexForward: false })).toBe(reversed);
});

test.each([
  ["cup = :c", "Query condition missed key schema element: area"],
  ["cup = :c AND round = :n", "Query condition missed key schema element: area"],
  ["cup = :c AND area > :r", "Query key condition not supported"],
  [`${whole} AND bracket = :b`, "Query condition missed key schema element: round"],
  [`${whole} AND round > :n AND bracket = :b`, "Query key condition not supported"],
  [
    `${whole} AND round = :b`,
    "One or more parameter values were invalid: Condition parameter type does not match schema type",
  ],
])("a Query where %s is refused: %s", async (condition, message) => {
  expect(await query(condition)).toBe(`ValidationException: ${message}`);
});

test.each([
  ["round", "dcba", ""],
  ["bracket", "behind round, which", ""],
  ["id", "behind round, which", ""],
  ["area", "dcba", ""],
  ["round", "cb", " AND round = 2"],
  ["bracket", "cb", " AND round = 2"],
  ["id", "behind bracket, which", " AND round = 2"],
  ["id", "b", " AND round = 2 AND bracket = 'upper'"],
  ["other", "must be part of the primary key", ""],
])("a statement that orders by %s finds %s%s", async (name, expected, more) => {
  await fill();
  const where = `cup = 'winter' AND area = 'eu'${more}`;
  const select = `SELECT id FROM ${TableName}.byRound WHERE ${where} ORDER BY`;
  const ask = async (Statement: string) => {
    const answer = (await call("ExecuteStatement", { Statement })) as unknown;
    if (typeof answer === "string") return answer;
    return (answer as { Items: { id: { S: string } }[] }).Items.map(({ id }) => id.S).join("");
  };
  expect(await ask(`${select} ${name}`)).toContain(expected);
  const reversed = expected.length > 4 ? expected : [...expected].reverse().join("");
  expect(await ask(`${select} ${name} DESC`)).toContain(reversed);
});

test("pages go on where they ended", async () => {
  await fill();
  const found: unknown[] = [];
  let ExclusiveStartKey: Item | undefined;
  do {
    const page = (await call("Query", {
      TableName,
      IndexName: "byRound",
      KeyConditionExpression: whole,
      ExpressionAttributeValues: { ":c": values[":c"], ":r": values[":r"] },
      Limit: 1,
      ...(ExclusiveStartKey && { ExclusiveStartKey }),
    })) as unknown as { Items: Item[]; LastEvaluatedKey?: Item };
    found.push(...page.Items.map(({ id }) => id));
    ExclusiveStartKey = page.LastEvaluatedKey;
  } while (ExclusiveStartKey);
  expect(found).toEqual(["d", "c", "b", "a"].map(S));
  const elsewhere = { ...{ id: S("e"), cup: S("winter"), area: S("us") } };
  const start = { ...elsewhere, round: N(2), bracket: S("upper") };
  expect(await query(whole, { ExclusiveStartKey: start })).toBe(
    "ValidationException: The provided starting key is outside query boundaries based on provided conditions",
  );
});

test("an item without a part of a key has no entry, and one that changes moves", async () => {
  await put("a", ["winter", "eu", 2, "upper"]);
  const update = (UpdateExpression: string, more: object = {}) =>
    call("UpdateItem", { TableName, Key: { id: S("a") }, UpdateExpression, ...more });
  await update("SET bracket = :b", { ExpressionAttributeValues: { ":b": S("lower") } });
  expect(await query(`${whole} AND round = :n AND bracket = :b`)).toBe("");
  expect(await query(whole)).toBe("a");
  await update("REMOVE bracket");
  expect(await query(whole)).toBe("");
  const wrong = await update("SET area = :n", { ExpressionAttributeValues: { ":n": N(1) } });
  expect(wrong as unknown).toBe(
    "ValidationException: One or more parameter values were invalid: Type mismatch for Index Key " +
      "area Expected: S Actual: N IndexName: byRound",
  );
});

test("the parts of a key share its bound", async () => {
  const Item = { id: S("a"), cup: S("x".repeat(1100)), area: S("x".repeat(1100)) };
  expect((await call("PutItem", { TableName, Item })) as unknown).toBe(
    "ValidationException: One or more parameter values were invalid: " +
      "Size of hashkey has exceeded the maximum size limit of2048 bytes",
  );
});

test.each([
  [
    [hash("cup"), range("round"), hash("area")],
    "Invalid KeySchema: All HASH key attributes must precede RANGE key attributes in the KeySchema",
  ],
  [
    [range("round"), range("id")],
    "Invalid KeySchema: The first KeySchemaElement is not a HASH key type",
  ],
  [
    ["id", "cup", "area", "round", "bracket"].map(hash),
    "Invalid KeySchema: The KeySchema exceeds the maximum allowed number of HASH key attributes",
  ],
] as const)("the key %j is refused", async (keySchema, message) => {
  const names = ["id", ...keySchema.map(({ AttributeName }) => AttributeName)];
  const created = await create([index([...keySchema])], [...new Set(names)], "other");
  expect(created as unknown).toBe(`ValidationException: ${message}`);
});

test("an index that is added later has the items that are there", async () => {
  await create([index([hash("cup")])], ["id", "cup"], "later");
  const Item = { id: S("a"), cup: S("winter"), area: S("eu"), round: N(1) };
  await must(tables.putItem({ TableName: "later", Item }));
  await call("UpdateTable", {
    TableName: "later",
    AttributeDefinitions: definitions(["id", "cup", "area", "round"]),
    GlobalSecondaryIndexUpdates: [
      { Create: index([hash("cup"), hash("area"), range("round"), range("id")], "added") },
    ],
  });
  const statement = `SELECT id FROM later.added WHERE cup = 'winter' AND area = 'eu' AND round = 1`;
  for (;;) {
    const answer = await call("ExecuteStatement", { Statement: statement });
    if (typeof answer !== "string") {
      expect(answer as unknown).toEqual({ Items: [{ id: S("a") }] });
      return;
    }
    expect(answer).toContain("backfilling");
  }
});

const word = fc.constantFrom("", "a", "ab", "b", "a\u0000", "\u00ff");
const row = fc.record({
  cup: word,
  area: word,
  round: fc.integer({ min: -3, max: 3 }),
  bracket: word,
});

test("a Query finds what a filter of all items would, in order", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(row, { maxLength: 12 }),
      row,
      fc.integer({ min: 0, max: 2 }),
      fc.constantFrom("=", "<", "<=", ">", ">="),
      async (rows, wanted, fixedCount, operator) => {
        const opened = await openTables();
        const ask = caller(opened.tables);
        call = ask;
        await create([byRound]);
        const items = rows
          .map((one, at) => ({ ...one, id: `i${at}` }))
          .filter(({ cup, area, bracket }) => cup && area && bracket);
        for (const { id, cup, area, round, bracket } of items) {
          const Item = {
            id: S(id),
            cup: S(cup),
            area: S(area),
            round: N(round),
            bracket: S(bracket),
          };
          await must(opened.tables.putItem({ TableName, Item }));
        }
        if (!wanted.cup || !wanted.area || !wanted.bracket) return;
        const named = ["round", "bracket"].slice(0, fixedCount);
        const conditions = named.map((name, at) => {
          return `${name} ${at === fixedCount - 1 ? operator : "="} :${name}`;
        });
        const answer = (await ask("Query", {
          TableName,
          IndexName: "byRound",
          KeyConditionExpression: ["cup = :cup", "area = :area", ...conditions].join(" AND "),
          ExpressionAttributeValues: Object.fromEntries(
            ["cup", "area", ...named].map((name) => [`:${name}`, textOrNumber(wanted, name)]),
          ),
        })) as unknown as { Items: Item[] };
        const expected = items
          .filter((one) => one.cup === wanted.cup && one.area === wanted.area)
          .filter((one) =>
            named.every((name, at) => {
              const order = compare(one, wanted, name);
              return at < fixedCount - 1 ? order === 0 : meets(order, operator);
            }),
          )
          .sort((left, right) => {
            const orders = ["round", "bracket", "id"].map((name) => compare(left, right, name));
            return orders.find((order) => order !== 0) ?? 0;
          });
        expect(answer.Items.map(({ id }) => id)).toEqual(expected.map(({ id }) => S(id)));
      },
    ),
    { numRuns: 100 },
  );
});

type Row = Readonly<Record<string, string | number>>;

function textOrNumber(one: Row, name: string): AttributeValue {
  const value = one[name]!;
  return typeof value === "number" ? N(value) : S(value);
}

/** Strings by their UTF-8. */
function compare(left: Row, right: Row, name: string): number {
  const [one, other] = [left[name]!, right[name]!];
  if (typeof one === "number") return one - Number(other);
  return Buffer.compare(Buffer.from(one), Buffer.from(String(other)));
}

function meets(order: number, operator: string): boolean {
  if (operator === "=") return order === 0;
  if (operator === "<") return order < 0;
  if (operator === "<=") return order <= 0;
  return operator === ">" ? order > 0 : order >= 0;
}
