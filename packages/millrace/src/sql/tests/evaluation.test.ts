/** Statements whose meaning hangs on a detail, and messages that ask for too much. */

import { expect, test } from "bun:test";
import { answer, messageOf, render } from "./evaluate.ts";

test.each([
  ["SELECT encode(a, 'base64'.b) AS r", 18, "'base64'"],
  ["SELECT encode(a, b) AS r", 18, "'base64'"],
  ["SELECT decode(a, 'hex') AS r", 18, "'base64' or 'proto'"],
  ["SELECT transform('enrichArray' = a, b, c) AS r", 18, "a text literal"],
])("%s is refused, for something else stands where a literal must", (sql, column, literal) => {
  expect(answer(sql, {})).toStartWith(`refused at 1:${column}: expected ${literal}, found `);
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
  expect(answer("SELECT toString, constructor, a.valueOf AS v", { a: {} })).toBe("{}");
  expect(answer("SELECT toString AS t", '{"toString":1}')).toBe('{"t":1}');
  expect(answer("SELECT __proto__ AS p, a", '{"__proto__":1,"a":2}')).toBe('{"p":1,"a":2}');
});

const long = "x".repeat(50_000);

test.each([
  "SELECT replace(a, 'x', a) AS r",
  "SELECT regexp_replace(a, 'x', a) AS r",
  `SELECT ${Array(100).fill("a").join(" + ")} AS r`,
  `SELECT concat(${Array(100).fill("a").join()}) AS r`,
  `SELECT [${Array(100).fill("a").join()}] AS r`,
])("a text too long to go on with fails the rule: %s", (sql) => {
  expect(answer(sql, { a: long })).toStartWith("failed: a text is longer than");
});

test("a replacement that goes over the text again and again fails the rule", () => {
  const sql = "SELECT regexp_replace(a, 'x(.*y)?', '') AS r";
  expect(answer(sql, { a: long })).toBe("failed: the evaluation takes more than 5000000 steps");
  expect(answer("SELECT numbytes(regexp_replace(a, 'x', 'yz')) AS r", { a: long })).toBe(
    '{"r":100000}',
  );
});

test("a template that a message makes too long throws the reason", () => {
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text under test is a template
  expect(() => render("${replace(a, 'x', a)}", messageOf({ a: long }))).toThrow("longer than");
});
