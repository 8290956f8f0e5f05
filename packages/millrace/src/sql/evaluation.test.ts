/** Statements whose meaning hangs on a detail, and messages that ask for too much. */

import { expect, test } from "bun:test";
import { systemRandom, textOf, utf8 } from "../base/mod.ts";
import { compileStatement, compileTemplate, createPayload, parseStatement } from "./mod.ts";

function messageOf(payload: object) {
  return {
    topic: "site/a1/env",
    payload: createPayload(utf8(JSON.stringify(payload))),
    accountId: "111122223333",
    receivedAtMs: 0,
    random: systemRandom,
  };
}

/** The output as text, or why there is none. */
function answer(sql: string, payload: object): string {
  const parsed = parseStatement(`${sql} FROM 'site/#'`, { version: "2016-03-23" });
  if (!parsed.ok) return `refused at ${parsed.error.column}: ${parsed.error.message}`;
  const evaluation = compileStatement(parsed.statement).evaluate(messageOf(payload));
  if (evaluation.fired) return textOf(evaluation.output.bytes);
  return `failed: ${evaluation.failure}`;
}

test.each([
  ["SELECT regexp_matches(a, 'x' + b) AS r", 30],
  ["SELECT decode(a, 'base64' + b) AS r", 27],
  ["SELECT encode(a, 'base64'.b) AS r", 26],
  ["SELECT transform('enrichArray' = a, b, c) AS r", 32],
])("%s is refused, for an expression stands where a literal must", (sql, column) => {
  expect(answer(sql, {})).toStartWith(
    `refused at ${column}: expected "," or ")" after the literal`,
  );
});

test("a cast to Double keeps the digits of a double, one to Decimal keeps them all", () => {
  const digits = "1.23456789012345678901234";
  const sql = "SELECT cast(a AS Double) AS double, cast(a AS Decimal) AS decimal";
  expect(answer(sql, { a: digits })).toBe(`{"double":1.2345678901234567,"decimal":${digits}}`);
  expect(answer("SELECT cast('2.0' AS Double) / 4 AS r", {})).toBe('{"r":0}');
});

test("no name is lost, whatever it means to JavaScript", () => {
  expect(answer("SELECT *, 1 AS __proto__", { a: 1 })).toBe('{"a":1,"__proto__":1}');
  expect(answer("SELECT *, 1 AS a.__proto__.b", { a: {} })).toBe('{"a":{"__proto__":{"b":1}}}');
});

const long = "x".repeat(50_000);

test.each([
  "SELECT replace(a, 'x', a) AS r",
  "SELECT regexp_replace(a, 'x', a) AS r",
  `SELECT ${Array(100).fill("a").join(" + ")} AS r`,
  `SELECT concat(${Array(100).fill("a").join()}) AS r`,
])("a text too long to go on with fails the rule: %s", (sql) => {
  expect(answer(sql, { a: long })).toStartWith("failed: a text is longer than");
});

test("a replacement that goes over the text again and again fails the rule", () => {
  const sql = "SELECT regexp_replace(a, 'x(.*y)?', '') AS r";
  expect(answer(sql, { a: long })).toBe("failed: a pattern reads the text too many times");
  expect(answer("SELECT numbytes(regexp_replace(a, 'x', 'yz')) AS r", { a: long })).toBe(
    '{"r":100000}',
  );
});

test("a template that a message makes too long throws the reason", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text under test is a template
  const compiled = compileTemplate("${replace(a, 'x', a)}", { version: "2016-03-23" });
  if (!compiled.ok) throw new Error(compiled.error.message);
  expect(() => compiled.template.render(messageOf({ a: long }))).toThrow("longer than");
});
