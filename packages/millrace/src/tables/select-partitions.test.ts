import { beforeEach, expect, test } from "bun:test";
import fc from "fast-check";
import type { Item } from "../expressions/mod.ts";
import type { Tables } from "./mod.ts";
import { caller, must, openTables } from "./table-fixture.ts";

let tables: Tables;
let call: ReturnType<typeof caller>;

const N = (number: number) => ({ N: String(number) });
const index = {
  name: "byGroup",
  scope: "global",
  partitionKey: { name: "g", type: "N" },
  projection: { type: "ALL" },
} as const;
/** Four partitions of four items each, three of which are in a group. */
const items = ["a", "b", "c", "dd"].flatMap((pk, at) => {
  return [1, 2, 3, 4].map((sk) => ({ pk: { S: pk }, sk: N(sk), g: N((at + sk) % 3) }));
});

beforeEach(fill);

async function fill(): Promise<void> {
  ({ tables } = await openTables());
  call = caller(tables);
  const keys = {
    partitionKey: { name: "pk", type: "S" },
    sortKey: { name: "sk", type: "N" },
  } as const;
  await must(tables.define({ name: "songs", ...keys, indexes: [index] }));
  for (const item of items) await must(tables.putItem({ TableName: "songs", Item: item }));
}

interface Answer {
  readonly Items: Item[];
  readonly NextToken?: string;
  readonly ConsumedCapacity?: { readonly CapacityUnits: number };
}
const ask = async (Statement: string, more: object = {}) =>
  (await call("ExecuteStatement", { Statement, ...more })) as unknown as Answer | string;
const named = (found: readonly Item[]) =>
  found.map((item) => Object.values(item.pk!)[0] + Object.values(item.sk!)[0]);
/** All pages; the second is how many each of them had. */
async function all(statement: string, more: object = {}): Promise<[string, number[]]> {
  const found: string[] = [];
  const counts: number[] = [];
  let token: { NextToken?: string } = {};
  do {
    const page = await ask(statement, { ...more, ...token });
    if (typeof page === "string") return [page, counts];
    found.push(...named(page.Items));
    counts.push(page.Items.length);
    token = page.NextToken === undefined ? {} : { NextToken: page.NextToken };
  } while (token.NextToken !== undefined);
  return [found.join(" "), counts];
}

test.each([
  ["pk IN ['c', 'a', 'c'] AND sk < 3", "c1 c2 a1 a2"],
  ["pk = 'c' OR pk = 'a'", "c1 c2 c3 c4 a1 a2 a3 a4"],
  ["(pk = 'c' AND sk = 1) OR (pk = 'a' AND sk = 4)", "c1 a4"],
  ["pk IN ['c', 'a'] AND sk = 1 ORDER BY pk", "a1 c1"],
  ["pk IN ['dd', 'c', 'a'] AND sk > 3 ORDER BY pk DESC", "dd4 c4 a4"],
  ["pk IN ['a', 'c'] AND sk > 2 ORDER BY pk DESC, sk ASC", "c3 c4 a3 a4"],
  ["pk IN ['a', 'c'] AND sk > 2 ORDER BY pk ASC, sk DESC", "a4 a3 c4 c3"],
  ["pk = 'a' ORDER BY pk DESC, sk ASC", "a1 a2 a3 a4"],
  ["pk = 'a' ORDER BY sk DESC, pk ASC", "a4 a3 a2 a1"],
  ["pk IN ['a'] ORDER BY sk DESC", "a4 a3 a2 a1"],
  ["pk = 'a' ORDER BY sk DESC, sk ASC", "a4 a3 a2 a1"],
  ["pk IN ['a', 'c'] AND sk > 3 ORDER BY pk DESC, pk, sk, sk DESC", "c4 a4"],
  ["pk IN ['none', 'a'] AND sk = 1", "a1"],
  ["pk IN ['none', 'no']", ""],
  ["pk IN ['a', 'b'] AND g = 1", "a1 a4 b3"],
])("SELECT where %s finds %p", async (where, expected) => {
  expect((await all(`SELECT * FROM songs WHERE ${where}`))[0]).toBe(expected);
});

// [ql-operators: "Results are returned in pages of up to 10 items"]
test("what is read of several partitions comes in pages of ten", async () => {
  const some = "SELECT * FROM songs WHERE pk IN ['a', 'b', 'c', 'dd']";
  expect((await all(some))[1]).toEqual([10, 6]);
  expect((await all(some, { Limit: 7 }))[1]).toEqual([7, 7, 2]);
  expect((await all(some, { Limit: 12 }))[1]).toEqual([10, 6]);
  expect((await all("SELECT * FROM songs"))[1]).toEqual([16]);
  expect((await all("SELECT * FROM songs WHERE sk IN [1, 2, 3, 4]"))[1]).toEqual([16]);
});

test("only the partitions that are named are read and paid, each as a read of its own", async () => {
  const units = async (where: string) => {
    const paid = { ReturnConsumedCapacity: "TOTAL", ConsistentRead: true };
    const answer = await ask(`SELECT * FROM songs WHERE ${where}`, paid);
    return typeof answer === "string" ? answer : answer.ConsumedCapacity?.CapacityUnits;
  };
  const big = { L: [{ S: "x".repeat(9000) }] };
  await must(tables.putItem({ TableName: "songs", Item: { pk: { S: "e" }, sk: N(1), big } }));
  expect(await units("pk IN ['a', 'b', 'none']")).toBe(3);
  expect(await units("pk = 'a' OR pk = 'e'")).toBe(4);
  expect(await units("pk = 'a' OR g = 1")).toBe(3); // a scan: one read of all
});

test("an index is read so, too", async () => {
  const from = 'SELECT * FROM songs."byGroup" WHERE g IN [1, 0]';
  const [found, counts] = await all(`${from} ORDER BY g`);
  const inGroup = (group: number) => named(items.filter(({ g }) => g.N === String(group)));
  expect(found.split(" ")).toEqual([...inGroup(0), ...inGroup(1)]);
  expect(counts).toEqual([10, 1]);
});

const prefix = "ValidationException: ";
const many = (count: number) => Array.from({ length: count }, (_, at) => `'${at}'`).join();
test.each([
  ["pk IN ['a', 'b'] ORDER BY sk", "Must have hash key in ORDER BY clause when more than one"],
  ["pk IN ['a', 'b'] ORDER BY sk, pk", "Must have hash key in ORDER BY clause when more than"],
  ["sk = 1 ORDER BY sk", "Must have at least one non-optional hash key condition in WHERE clause"],
  ["pk = 'a' OR sk = 1 ORDER BY pk", "Must have at least one non-optional hash key condition"],
  ["pk = 'a' ORDER BY pk, g", "Variable reference g in ORDER BY clause must be part of the"],
  [
    "pk IN [1, 'a']",
    "One or more parameter values were invalid: Condition parameter type does not",
  ],
  [`pk IN [${many(51)}]`, "The WHERE clause names 51 hash keys; at most 50 are allowed"],
  [`sk IN [${many(101)}]`, "The IN operator is provided with too many operands"],
])("SELECT where %s is refused", async (where, message) => {
  expect(await ask(`SELECT * FROM songs WHERE ${where}`)).toStartWith(`${prefix}${message}`);
});

test("fifty partitions may be named, and a hundred values of others", async () => {
  expect((await all(`SELECT * FROM songs WHERE pk IN [${many(50)}]`))[0]).toBe("");
  expect((await all(`SELECT * FROM songs WHERE sk IN [${many(100)}]`))[0]).toBe("");
});

test("a write names its item by =, not by IN", async () => {
  expect(await ask("DELETE FROM songs WHERE pk IN ['a'] AND sk = 1")).toStartWith(
    `${prefix}Where clause does not contain a mandatory equality on all key attributes`,
  );
});

test("a token goes on in its partition, and in no other than those that are named", async () => {
  const first = await ask("SELECT * FROM songs WHERE pk IN ['a', 'b']", { Limit: 4 });
  const { NextToken } = first as Answer;
  expect(await ask("SELECT * FROM songs WHERE pk IN ['b', 'c']", { NextToken })).toBe(
    `${prefix}Invalid NextToken`,
  );
  const rest = await ask("SELECT * FROM songs WHERE pk IN ['a', 'b']", { NextToken });
  expect(named((rest as Answer).Items)).toEqual(["b1", "b2", "b3", "b4"]);
});

const condition = fc.letrec<{ all: string; one: string }>((tie) => ({
  one: fc.constantFrom(
    ..."pk = 'a'|pk = 'b'|pk IN ['c', 'a']|sk = 2|sk > 2|g = 1|pk IN ['dd', 'none']".split("|"),
  ),
  all: fc.oneof(
    { maxDepth: 3 },
    tie("one"),
    fc.tuple(tie("all"), fc.constantFrom("AND", "OR"), tie("all")).map((parts) => {
      return `(${parts.join(" ")})`;
    }),
  ),
})).all;

test("however a condition is made, it finds what a scan with it would find", async () => {
  const predicate = (where: string) => {
    const source = where
      .replaceAll(/(\w+) IN (\[[^\]]*\])/g, "$2.includes($1)")
      .replaceAll("AND", "&&")
      .replaceAll("OR", "||")
      .replaceAll(" = ", " === ");
    return new Function("pk", "sk", "g", `return ${source}`);
  };
  await fc.assert(
    fc.asyncProperty(condition, fc.integer({ min: 1, max: 12 }), async (where, Limit) => {
      const holds = predicate(where);
      const wanted = items.filter(({ pk, sk, g }) => holds(pk.S, Number(sk.N), Number(g.N)));
      const [found] = await all(`SELECT * FROM songs WHERE ${where}`, { Limit });
      expect(found.split(" ").filter(Boolean).sort()).toEqual(named(wanted).sort());
    }),
  );
});

const term = fc.tuple(fc.constantFrom("pk", "sk"), fc.constantFrom("", " DESC"));
const terms = fc.array(term, { minLength: 1, maxLength: 3 });

test("an order that is not refused is the one that was asked for, over all pages", async () => {
  const pages = fc.integer({ min: 1, max: 12 });
  await fc.assert(
    fc.asyncProperty(condition, terms, pages, async (where, order, Limit) => {
      const by = order.map((one) => one.join("")).join();
      const [found] = await all(`SELECT * FROM songs WHERE ${where} ORDER BY ${by}`, { Limit });
      if (found.startsWith(prefix)) return;
      const read = found.split(" ").filter(Boolean);
      const sorted = read.toSorted((left, right) => {
        const [one, other] = [left, right].map((name) => {
          return { pk: name.slice(0, -1), sk: name.slice(-1) };
        });
        const ways = order.map(([name, way]) => {
          const key = name as "pk" | "sk";
          const ahead = one![key] < other![key] ? -1 : Number(one![key] > other![key]);
          return way === "" ? ahead : -ahead;
        });
        return ways.find((way) => way !== 0) ?? 0;
      });
      expect(read).toEqual(sorted);
      expect([...read].sort()).toEqual(
        (await all(`SELECT * FROM songs WHERE ${where}`))[0].split(" ").filter(Boolean).sort(),
      );
    }),
  );
});

test("what stays while the pages are read is found once, whatever else goes and comes", async () => {
  const from = "SELECT * FROM songs WHERE pk IN ['dd', 'a', 'c', 'b']";
  const change = fc.record({ pk: fc.constantFrom("a", "b", "c"), sk: fc.nat(6) });
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom("", " ORDER BY pk DESC", " ORDER BY pk, sk DESC"),
      fc.integer({ min: 1, max: 6 }),
      fc.array(change),
      async (order, Limit, changes) => {
        await fill();
        const found: string[] = [];
        const touched = new Set<string>();
        let token: { NextToken?: string } | undefined = {};
        for (let at = 0; token; at += 1) {
          const page = (await ask(`${from}${order}`, { Limit, ...token })) as Answer;
          found.push(...named(page.Items));
          token = page.NextToken === undefined ? undefined : { NextToken: page.NextToken };
          const one = changes[at];
          if (!one) continue;
          const Key = { pk: { S: one.pk }, sk: N(one.sk) };
          touched.add(named([Key])[0]!);
          const isThere = items.some(({ pk, sk }) => pk.S === one.pk && sk.N === Key.sk.N);
          if (isThere) expect(await call("DeleteItem", { TableName: "songs", Key })).toEqual({});
          else await must(tables.putItem({ TableName: "songs", Item: Key }));
        }
        const stayed = found.filter((name) => !touched.has(name));
        const wanted = named(items).filter((name) => !touched.has(name));
        expect(stayed.sort()).toEqual(wanted.sort());
      },
    ),
  );
});
