import { afterAll, expect, test } from "bun:test";
import { openDoor } from "../door-fixture.ts";

const door = await openDoor();
afterAll(() => door.close());

const roleArn = "arn:aws:iam::111122223333:role/r";
const actions = [{ republish: { topic: "b", roleArn } }];
await door.rulesManager.create("one", { sql: "SELECT x FROM 'a' WHERE x > 1", actions });
await door.rulesManager.create("two", { sql: "SELECT * FROM 'c'", actions, ruleDisabled: true });

async function ask(body: unknown) {
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const answer = await fetch(`${door.url}/_millrace/rules/test`, { method: "POST", body: text });
  return { status: answer.status, json: (await answer.json()) as Record<string, unknown> };
}

test("every rule says what it would do, and none does it", async () => {
  const { json } = await ask({ topic: "a", payload: { x: 2 }, clientId: "c" });
  expect(json).toMatchObject({
    errors: [],
    rules: [
      { ruleName: "one", verdict: "fires", enabled: true, output: { text: '{"x":2}' } },
      { ruleName: "two", verdict: "not-matched", enabled: false },
    ],
  });
  expect(door.published).toEqual([]);
});

test("one rule alone, or a statement alone, may be asked", async () => {
  const one = await ask({ topic: "c", rule: "two", payloadBase64: "AAE=" });
  expect(one.json).toMatchObject({
    rules: [{ ruleName: "two", output: { text: "\u0000\u0001" } }],
  });
  const sql = "SELECT topic(1) AS t";
  const statement = await ask({ topic: "$aws/rules/statement/q", sql, payload: "{}" });
  expect(statement.json).toMatchObject({ rules: [{ output: { text: '{"t":"q"}' } }] });
  const wrong = await ask({ topic: "c", sql: "SELECT nope(1) FROM 'c'" });
  expect(wrong.json).toMatchObject({
    rules: [],
    errors: [{ property: "sql", message: 'there is no function "nope"', line: 1, column: 8 }],
  });
});

test.each([
  ["[]", 400, "The body is not a JSON object"],
  [{}, 400, '"topic" is missing'],
  [{ topic: 1 }, 400, '"topic" is not a text'],
  [{ topic: "a/#" }, 400, 'topic "a/#" is not valid'],
  [{ topic: "a", nope: 1 }, 400, '"nope" is none of topic, payload'],
  [{ topic: "a", payloadBase64: "%" }, 400, '"payloadBase64" is not base64'],
  [{ topic: "a", rule: "one", sql: "SELECT *" }, 400, '"rule" and "sql" exclude each other'],
  [{ topic: "a", payload: 1, payloadBase64: "AAE=" }, 400, '"payload" and "payloadBase64" exclude'],
  [{ topic: "a", awsIotSqlVersion: "beta" }, 400, '"awsIotSqlVersion" says nothing without "sql"'],
  [{ topic: "a", rule: "three" }, 404, 'There is no rule "three"'],
  [{ topic: "a", payload: "x".repeat(300_000) }, 413, "The body has more than 262144 bytes"],
])("%p is refused with %p", async (body, status, message) => {
  const refused = await ask(body);
  expect(refused.status).toBe(status);
  expect(refused.json.message).toContain(message);
});
