/** What depends on the client alone is remembered, and shows it in nothing but its speed. */

import { expect, test } from "bun:test";
import { hash } from "node:crypto";
import { textOf } from "../../base/mod.ts";
import { dependsOnClientAlone } from "../compile/client-memory.ts";
import { sqlLimits } from "../limits.ts";
import { compileStatement, type MessageContext, parseStatement } from "../mod.ts";
import type { Expression } from "../syntax/tree.ts";
import { messageOf } from "./evaluate.ts";

function compile(sql: string): (message: MessageContext) => string {
  const parsed = parseStatement(sql, { version: "2016-03-23" });
  if (!parsed.ok) throw new Error(parsed.error.message);
  const statement = compileStatement(parsed.statement);
  return (message) => {
    const evaluation = statement.evaluate(message);
    if (evaluation instanceof Promise || !evaluation.fired) throw new Error("did not fire");
    return textOf(evaluation.output.bytes);
  };
}

function expressionOf(source: string): Expression {
  const parsed = parseStatement(`SELECT VALUE ${source} FROM 't'`, { version: "2016-03-23" });
  if (!parsed.ok) throw new Error(parsed.error.message);
  const { selection } = parsed.statement;
  if (selection.kind !== "value") throw new Error("is no value");
  return selection.expression;
}

test.each([
  ["sha256(clientid())", true],
  ["substring(clientid(), 0, indexof(clientid(), ':') + 37)", true],
  ["cast(clientid() AS Int) + 1", true],
  ["clientid()", false],
  ["sha256('a')", false],
  ["concat(clientid(), a)", false],
  ["concat(clientid(), topic())", false],
  ["concat(clientid(), newuuid())", false],
  ["concat(clientid(), timestamp())", false],
  ["concat(clientid(), principal())", false],
  ["concat(clientid(), encode(*, 'base64'))", false],
  ["CASE clientid() WHEN 'a' THEN a ELSE b END", false],
])("%s depends on the client alone: %p", (source, expected) => {
  expect(dependsOnClientAlone(expressionOf(source))).toBe(expected);
});

test("each client has its own value, however many they are", () => {
  const digest = compile("SELECT VALUE sha256(clientid()) FROM 't'");
  const ids = Array.from({ length: 2.5 * sqlLimits.keptClientsMax }, (_, index) => `c-${index}`);
  for (const clientId of [...ids, ...ids.slice(-10), ...ids.slice(0, 10), undefined]) {
    expect(digest(messageOf({}, { clientId }))).toBe(
      `"${hash("sha256", clientId ?? "n/a", "hex")}"`,
    );
  }
});

test("a value is computed once for a client, and again where it is too long to keep", () => {
  let count = 0;
  // How often the id is asked for tells whether the expression was evaluated.
  const message = (clientId: string) => {
    const get = () => {
      count += 1;
      return clientId;
    };
    return Object.defineProperty(messageOf({}), "clientId", { get });
  };
  const upper = compile("SELECT VALUE upper(clientid()) FROM 't'");
  const asked = (text: string) => {
    count = 0;
    upper(message(text));
    return count;
  };
  const once = asked("a");
  expect(asked("a")).toBeLessThan(once);
  const long = "a".repeat(sqlLimits.keptClientTextMax + 1);
  expect([asked(long), asked(long)]).toEqual([once, once]);
});
