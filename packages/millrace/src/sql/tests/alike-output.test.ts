/** A payload that has the form of others before shows it in nothing but its speed. */

import { expect, test } from "bun:test";
import fc from "fast-check";
import { textOf, utf8 } from "../../base/mod.ts";
import { compileStatement, createPayload, parseStatement } from "../mod.ts";
import type { SqlVersion } from "../version.ts";
import { messageOf } from "./evaluate.ts";

/** Until the payload's form is known, or cannot be. */
function teach(bytes: Uint8Array): boolean {
  for (let count = 0; count < 17; count += 1) {
    const payload = createPayload(bytes);
    payload.json("2016-03-23");
    if (payload.reading) return true;
  }
  return false;
}

/** Each evaluation's whole result, of bytes that may have a form and of the same that cannot. */
function evaluations(sql: string, text: string, version: SqlVersion): [unknown, unknown] {
  const parsed = parseStatement(sql, { version });
  // Some is refused in the first version, and a column of the same name twice.
  if (!parsed.ok) return fc.pre(false) as never;
  const statement = compileStatement(parsed.statement);
  const evaluate = (bytes: Uint8Array) => {
    const evaluation = statement.evaluate(messageOf(bytes, { clientId: "c\u00fc" }));
    if (evaluation instanceof Promise) throw new Error("the statement asks services");
    if (!evaluation.fired) return evaluation;
    const { bytes: output, value } = evaluation.output;
    return { output: textOf(output), value };
  };
  const other = evaluate(utf8(` ${text}`));
  evaluate(utf8(text)); // a form's first message finds out how it is copied
  return [evaluate(utf8(text)), other];
}

const names = ["a", "b", "name", "length", "t\u00fc"] as const;
const text = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 12 }),
  fc.string({ unit: "binary", maxLength: 6 }),
  fc.stringMatching(/^[0-9A-Z]{0,6}$/),
  fc.constantFrom("", " ", "\u00a0", "\u3000x", "true", "12", "1.50", "\u007f", "\ufeff", "room-1"),
  fc.string({ minLength: 250, maxLength: 600 }),
);
const member = fc.oneof(
  { weight: 4, arbitrary: text },
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(0.5, -0.25, 1e-7, 0.000001, 123456789012345, true, false, null),
);
const payload = fc
  .uniqueArray(fc.constantFrom(...names), { minLength: 1 })
  .chain((keys) => fc.tuple(...keys.map((key) => fc.tuple(fc.constant(key), member))))
  .map((entries) => JSON.stringify(Object.fromEntries(entries)));

const name = fc
  .constantFrom("a", "b", "name", '"length"', '"t\u00fc"', "missing")
  .map((word) => (word.startsWith('"') ? word.slice(1, -1) : word));
const plainName = name.filter((word) => /^[a-z]+$/.test(word));
const literal = fc.constantFrom(
  "''",
  "'A1'",
  "'true'",
  "'\u00e4'",
  "'room-1'",
  "12",
  "true",
  "2.5",
);
const column = fc.oneof(
  { weight: 3, arbitrary: plainName },
  plainName.map((word) => `${word} AS other_${word}`),
  fc.tuple(plainName, plainName).map(([one, two]) => `${one} AS ${two}`),
  fc.constantFrom("timestamp() AS at", "clientid() AS c", "missing + 1 AS m", "null AS n"),
  plainName.map((word) => `upper(${word}) AS up`),
  plainName.map((word) => `${word} * 1.5 AS half`),
  plainName.map((word) => `[${word}, 1] AS list`),
  fc.constantFrom("1 AS one", "-7 AS minus", "12345678901234567890 AS big", "1.25 AS part"),
  fc.constantFrom("'\u00e4\"\\\\' AS odd", "true AS yes", "1234567 AS seven", "999999 AS six"),
);
const condition = fc.oneof(
  plainName.map((word) => `${word} = '' + ${word}`),
  plainName.map((word) => `${word} <> '' + ${word}`),
  fc
    .tuple(plainName, fc.constantFrom("=", "<>"), literal)
    .map(([word, operator, value]) => `${word} ${operator} ${value}`),
  fc
    .tuple(plainName, fc.constantFrom("=", "<>"))
    .map(([word, operator]) => `trim(${word}) ${operator} ''`),
  fc
    .tuple(plainName, fc.constantFrom("=", "<>", "<", "<=", ">", ">="), fc.nat(14))
    .map(([word, operator, limit]) => `length(${word}) ${operator} ${limit}`),
  fc
    .tuple(
      plainName,
      fc.constantFrom("^[0-9A-Z]*$", "[A-Z]{2}", "o+m-", "^$", "x$", "^.{3,}$", "m-1"),
    )
    .map(([word, pattern]) => `regexp_matches(${word}, '${pattern}')`),
);

test("statements give the same of a payload with a form as of one without", () => {
  let readCount = 0;
  fc.assert(
    fc.property(
      payload,
      fc.array(column, { minLength: 1, maxLength: 5 }),
      fc.array(condition, { maxLength: 2 }),
      fc.constantFrom<SqlVersion>("2015-10-08", "2016-03-23"),
      (json, columns, conditions, version) => {
        if (teach(utf8(json))) readCount += 1;
        const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" OR ")}`;
        const sql = `SELECT ${columns.join(", ")} FROM 't'${where}`;
        const [alike, other] = evaluations(sql, json, version);
        expect([sql, json, alike]).toEqual([sql, json, other]);
      },
    ),
    { numRuns: 500 },
  );
  expect(readCount).toBeGreaterThan(125);
});

test("each condition by itself gives the same of a payload with a form", () => {
  fc.assert(
    fc.property(payload, condition, (json, source) => {
      teach(utf8(json));
      const sql = `SELECT (${source}) AS a FROM 't'`;
      const [alike, other] = evaluations(sql, json, "2016-03-23");
      expect([sql, json, alike]).toEqual([sql, json, other]);
    }),
    { numRuns: 500 },
  );
});

test.each(["trim(a, b) = ''", "trim(a, b) <> ''", "length(a, b) = 1"])(
  "%s has an argument too many, so that it is Undefined with a form too",
  (source) => {
    const json = '{"a":"x","b":"y"}';
    expect(teach(utf8(json))).toBe(true);
    const sql = `SELECT ${source} AS k FROM 't'`;
    const nothing = { output: "{}", value: {} };
    expect(evaluations(sql, json, "2016-03-23")).toEqual([nothing, nothing]);
  },
);

test("a payload that no column asks for is not read as JSON", () => {
  const parsed = parseStatement("SELECT topic(1) AS t, encode(*, 'base64') AS data FROM 't'", {
    version: "2016-03-23",
  });
  if (!parsed.ok) throw new Error("not parsed");
  const payload = createPayload(utf8('{"a":1}'));
  payload.json = () => {
    throw new Error("read as JSON");
  };
  const message = { ...messageOf(payload.bytes), payload };
  const evaluation = compileStatement(parsed.statement).evaluate(message);
  if (evaluation instanceof Promise || !evaluation.fired) throw new Error("nothing came of it");
  expect(textOf(evaluation.output.bytes)).toBe('{"t":"site","data":"eyJhIjoxfQ=="}');
});
