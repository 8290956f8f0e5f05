/** The compiled language against slow and obvious models, and against noise. */

import { describe, expect, test } from "bun:test";
import Decimal from "decimal.js";
import fc from "fast-check";
import { compileStatement, compileTemplate, parseStatement } from "../mod.ts";
import { evaluate, expressionValue, messageOf } from "./evaluate.ts";

/** Every number is a decimal of 34 digits that knows whether it is an Int. */
const Model = Decimal.clone({ precision: 34, rounding: Decimal.ROUND_HALF_EVEN, modulo: 1 });

type Operand =
  | { readonly kind: "number"; readonly source: string }
  | { readonly kind: "text"; readonly source: string }
  | { readonly kind: "other"; readonly source: "null" | "true" | "false" | "missing" };

const digits = fc.bigInt({ min: -(10n ** 20n), max: 10n ** 20n }).map(String);
const operand: fc.Arbitrary<Operand> = fc.oneof(
  fc.record({ kind: fc.constant("number" as const), source: fc.integer().map(String) }),
  fc.record({ kind: fc.constant("number" as const), source: digits }),
  fc.record({
    kind: fc.constant("number" as const),
    source: fc.tuple(fc.integer(), fc.integer({ min: 1, max: 999 })).map((t) => `${t[0]}.${t[1]}`),
  }),
  fc.record({
    kind: fc.constant("text" as const),
    source: fc.oneof(fc.integer().map(String), fc.constantFrom("abc", "1.5", "+1", "", "-2E3")),
  }),
  fc.record({
    kind: fc.constant("other" as const),
    source: fc.constantFrom("null" as const, "true" as const, "false" as const, "missing" as const),
  }),
);

function spell({ kind, source }: Operand): string {
  return kind === "text" ? `'${source}'` : `(${source})`;
}

interface ModelNumber {
  readonly isInt: boolean;
  readonly exact: Decimal;
}

function numberOf({ kind, source }: Operand): ModelNumber | undefined {
  if (kind === "other" || !/^-?\d+(\.\d+)?(E-?\d+)?$/.test(source)) return undefined;
  const exact = new Model(source);
  return { exact, isInt: kind === "number" && exact.isInteger() };
}

function shown(exact: Decimal): string {
  return exact.isZero() ? "0" : exact.toSignificantDigits(34).toString().replace("e+", "e");
}

function modelArithmetic(operator: string, left: Operand, right: Operand): string {
  if (operator === "+" && (left.kind === "text" || right.kind === "text")) {
    if ([left, right].some(({ source }) => source === "null" || source === "missing")) return "";
    return JSON.stringify(textOfOperand(left) + textOfOperand(right));
  }
  const first = numberOf(left);
  const second = numberOf(right);
  if (!first || !second) return "";
  const isInt = first.isInt && second.isInt;
  const Wide = Model.clone({ precision: isInt ? 100 : 34, toExpPos: 34 });
  const a = new Wide(first.exact);
  const b = new Wide(second.exact);
  if (operator === "+") return shown(a.plus(b));
  if (operator === "-") return shown(a.minus(b));
  if (operator === "*") return shown(a.times(b));
  if (b.isZero()) return "";
  if (operator === "/") return shown(isInt ? a.dividedBy(b).trunc() : a.dividedBy(b));
  return shown(a.modulo(b));
}

function textOfOperand(value: Operand): string {
  if (value.kind !== "number") return value.source;
  const Wide = Model.clone({ toExpPos: 34 });
  return new Wide(value.source).toString();
}

function modelComparison(operator: string, left: Operand, right: Operand): string {
  if (operator === "=" || operator === "<>") {
    if (left.source === "missing" || right.source === "missing") return "";
    const same =
      left.kind === "number" && right.kind === "number"
        ? new Model(left.source).equals(right.source)
        : left.kind === right.kind && left.source === right.source;
    return String(same === (operator === "="));
  }
  const first = numberOf(left);
  const second = numberOf(right);
  if (!first || !second) return "";
  const order = first.exact.comparedTo(second.exact);
  if (order === 0) return String(operator.endsWith("="));
  return String(order < 0 === operator.startsWith("<"));
}

function modelLogic(operator: string, left: string, right: string): string {
  const truth: Record<string, boolean | undefined> = {
    true: true,
    false: false,
    "'TRUE'": true,
    "'False'": false,
  };
  const [first, second] = [truth[left], truth[right]];
  if (first === undefined || second === undefined) return "";
  return String(operator === "AND" ? first && second : first || second);
}

describe("against a model", () => {
  test("arithmetic has the table's types, and 34 digits", () => {
    const operator = fc.constantFrom("+", "-", "*", "/", "%");
    fc.assert(
      fc.property(operand, operator, operand, (left, by, right) => {
        const source = `${spell(left)} ${by} ${spell(right)}`;
        expect([source, expressionValue(source)]).toEqual([
          source,
          modelArithmetic(by, left, right),
        ]);
      }),
      { numRuns: 2000 },
    );
  });

  test("comparison converts only for order, and Undefined stays Undefined", () => {
    const operator = fc.constantFrom("=", "<>", "<", "<=", ">", ">=");
    fc.assert(
      fc.property(operand, operator, operand, (left, by, right) => {
        const source = `${spell(left)} ${by} ${spell(right)}`;
        expect([source, expressionValue(source)]).toEqual([
          source,
          modelComparison(by, left, right),
        ]);
      }),
      { numRuns: 2000 },
    );
  });

  test("logic needs a Boolean, or a text that spells one, on both sides", () => {
    const value = fc.constantFrom("true", "false", "'TRUE'", "'False'", "'x'", "1", "null", "q");
    fc.assert(
      fc.property(value, fc.constantFrom("AND", "OR"), value, (left, by, right) => {
        expect(expressionValue(`${left} ${by} ${right}`)).toBe(modelLogic(by, left, right));
      }),
    );
  });

  test("WHERE fires when the same expression is true, whatever was left out on the way", () => {
    const value = fc.constantFrom("true", "false", "'TRUE'", "'x'", "q", "1 < 2", "2 < 1");
    const joined = fc.array(value, { minLength: 1, maxLength: 4 }).map((v) => v.join(" AND "));
    fc.assert(
      fc.property(joined, (condition) => {
        const sql = `SELECT 1 AS a FROM 'x' WHERE ${condition}`;
        const { fired } = evaluate(sql, messageOf("{}"));
        expect(fired).toBe(/^("?true"?)$/i.test(expressionValue(condition)));
      }),
    );
  });

  test("topic(n) is the n-th of the levels that the topic is split into", () => {
    const topic = fc.string({ unit: fc.constantFrom("/", "a", "b"), minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(topic, fc.integer({ min: -2, max: 10 }), (name, number) => {
        const level = name.split("/")[number - 1];
        const told = expressionValue(`topic(${number})`, {}, { message: { topic: name } });
        expect([name, told]).toEqual([name, level === undefined ? "" : JSON.stringify(level)]);
      }),
      { numRuns: 500 },
    );
  });

  test("a JSON payload comes out of a path as JSON that means the same", () => {
    fc.assert(
      fc.property(fc.jsonValue({ maxDepth: 4 }), (value) => {
        const written = expressionValue("a", JSON.stringify({ a: value }));
        expect(JSON.parse(written)).toEqual(JSON.parse(JSON.stringify(value)));
      }),
    );
  });

  test("every digit of a number in a payload survives a path", () => {
    const number = fc.tuple(fc.bigInt({ min: 10n ** 15n, max: 10n ** 32n }), fc.nat({ max: 12 }));
    fc.assert(
      fc.property(number, ([mantissa, places]) => {
        const exact = new Model(`${mantissa}E-${places}`);
        const token = exact.toFixed();
        expect(expressionValue("a", `{"a":${token}}`)).toBe(token);
      }),
    );
  });
});

describe("length", () => {
  const limits = fc.integer({ min: 0, max: 8 });
  const texts = fc.string({ unit: "binary", maxLength: 8 });
  const operators = fc.constantFrom("=", "<>", "<", "<=", ">", ">=");

  test("of a member is compared as the number of its characters is", () => {
    fc.assert(
      fc.property(texts, operators, limits, (text, operator, limit) => {
        const compared = expressionValue(`length(a) ${operator} ${limit}`, { a: text });
        expect(compared).toBe(expressionValue(`${[...text].length} ${operator} ${limit}`, {}));
      }),
      { numRuns: 1000 },
    );
  });

  test.each([
    [12.5, "length(a) = 4", "true"],
    [false, "length(a) < 5", "false"],
    [null, "length(a) <= 9", ""],
    ["😀😀", "length(a) = 2", "true"],
    ["😀😀", "length(a) > 3", "false"],
    ["ab", "length(a) = 2.0", "true"],
    ["ab", "length(a) >= 1.5", "true"],
  ])("of %p: %p is %p", (a, expression, expected) => {
    expect(expressionValue(expression, { a })).toBe(expected);
  });
});

describe("against noise", () => {
  const word = fc.constantFrom(
    ..."SELECT FROM WHERE VALUE value AS a b.c * , ( ) { } [ ] 'x' \" 1 1.5 -".split(" "),
    ..."CASE WHEN THEN END NOT AND = <> < IN EXISTS get( topic() : . @v ${ -- a/#".split(" "),
  );
  const noise = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(word).map((words) => words.join(" ")),
    fc.array(word).map((words) => `SELECT ${words.join(" ")} FROM 'x'`),
  );

  test("a statement is taken or refused with a place inside it", () => {
    fc.assert(
      fc.property(noise, fc.constantFrom("2015-10-08", "2016-03-23"), (sql, version) => {
        const parsed = parseStatement(sql, { version });
        if (parsed.ok) compileStatement(parsed.statement).evaluate(messageOf("{}"));
        else expect(parsed.error.line).toBeLessThanOrEqual(sql.split("\n").length);
      }),
      { numRuns: 3000 },
    );
  });

  test("a template is taken or refused, never thrown at", () => {
    fc.assert(
      fc.property(noise, (text) => {
        const compiled = compileTemplate(`a/\${${text}`, { version: "2016-03-23" });
        if (compiled.ok) compiled.template.render(messageOf("{}"));
        else expect(compiled.error.message).not.toBe("");
      }),
      { numRuns: 1000 },
    );
  });

  test("a statement that is nested or chained without end is refused, not overflowed", () => {
    for (const sql of [
      `SELECT ${"(".repeat(50_000)}1`,
      `SELECT ${"-".repeat(2)}${"- ".repeat(50_000)}1 AS a`,
      `SELECT ${"NOT ".repeat(50_000)}a AS a`,
      `SELECT ${"1+".repeat(50_000)}1 AS a`,
      `SELECT a${".a".repeat(50_000)} AS a`,
      `SELECT ${"(SELECT a FROM ".repeat(50_000)}`,
    ]) {
      expect(parseStatement(sql, { version: "2016-03-23" }).ok).toBe(false);
    }
  });

  test("the longest chain that is taken also evaluates", () => {
    expect(expressionValue(`${"1+".repeat(1990)}1`)).toBe("1991");
  });

  test("a payload nested without end is no JSON, and one nested deep is", () => {
    const nested = (depth: number) => `{"a":${"[".repeat(depth)}${"]".repeat(depth)}}`;
    expect(expressionValue("isUndefined(a)", nested(100_000))).toBe("true");
    expect(expressionValue("isUndefined(a)", nested(400))).toBe("false");
  });
});
