import { expect, test } from "bun:test";
import fc from "fast-check";
import { compileCondition, type Item, Placeholders } from "./mod.ts";
import { holds, type Sample, type SampleOperand } from "./slow-condition-fixture.ts";
import {
  values as anyValues,
  attributeNames,
  items,
  paths,
  scalars,
  writePath,
} from "./value-samples.ts";

const values = {
  ":n": { N: "1" },
  ":m": { N: "2" },
  ":s": { S: "x" },
  ":flag": { BOOL: true },
  ":list": { L: [] },
} as const;
const names = { "#n": "name", "#dotted": "a.b", "#a": "a" };

const item: Item = {
  a: { N: "1.0".slice(0, 1) },
  name: { S: "xyz" },
  "a.b": { S: "dotted" },
  m: { M: { l: { L: [{ S: "x" }, { N: "7" }] } } },
  tags: { SS: ["x", "y"] },
  bytes: { B: "AQID" },
};

function judge(source: string): boolean | string {
  const outcome = compileCondition(
    source,
    "ConditionExpression",
    new Placeholders({ names, values }),
  );
  return outcome.ok ? outcome.value.test(item) : outcome.message;
}

test.each([
  ["a = :n", true],
  ["a <> :n", false],
  ["absent = :n", false],
  ["absent <> :n", true],
  ["absent < :n", false],
  ["NOT absent < :n", true],
  ["a < :m and :m > a", true],
  ["a < :s", false],
  ["a BETWEEN :n AND :m AND a = :n", true],
  ["a between :m and :m", false],
  ["a IN (:s, :n)", true],
  ["not a in (:s)", true],
  ["a = :m OR a = :n AND #n = :s", false],
  ["(a = :m OR a = :n) AND NOT #n = :s", true],
  ["(a) = (:n)", true],
  ["m.l[0] = :s", true],
  ["m.l[9] = :s", false],
  ["m . l [ 0 ] = :s", true],
  ["#dotted <> :s and attribute_exists(#dotted)", true],
  ["attribute_exists(a.b)", false],
  ["attribute_not_exists(toString)", true],
  [
    "attribute_type(m, :s)",
    "Invalid ConditionExpression: Invalid attribute type name found; type: x, valid types: {B,NULL,SS,BOOL,L,BS,N,NS,S,M}",
  ],
  ["begins_with(#n, :s)", true],
  ["begins_with(a, :s)", false],
  ["contains(tags, :s)", true],
  ["contains(#n, :s)", true],
  ["contains(m.l, :s)", true],
  ["contains(m.l, :n)", false],
  ["size(tags) = :m", true],
  ["size(bytes) > :m", true],
  ["size(a) = :n", false],
])("%s is %p", (source, expected) => {
  expect(judge(source)).toBe(expected);
});

const operandProblem = "Incorrect operand type for operator or function; operator or function:";

test.each([
  ["", "The expression can not be empty;"],
  ["a = ", 'Syntax error; token: "<EOF>", near: "="'],
  ["!!! INVALID !!!", 'Syntax error; token: "!", near: "!!"'],
  ["_id = :n", 'Syntax error; token: "_", near: "_id"'],
  ["a = 5", 'Syntax error; token: "5", near: "= 5"'],
  ["a = :n AND", 'Syntax error; token: "<EOF>", near: "AND"'],
  ["((a = :n))", "The expression has redundant parentheses;"],
  ["foo(a)", "Invalid function name; function: foo"],
  ["SIZE(a) = :n", "Invalid function name; function: SIZE"],
  ["size(a)", "The function is not allowed to be used this way in an expression; function: size"],
  [
    "contains(a, begins_with(a, :s))",
    "The function is not allowed to be used this way in an expression; function: begins_with",
  ],
  ["Status = :n", "Attribute name is a reserved keyword; reserved keyword: Status"],
  [
    "#missing = :n",
    "An expression attribute name used in the document path is not defined; attribute name: #missing",
  ],
  [
    "a = :missing",
    "An expression attribute value used in expression is not defined; attribute value: :missing",
  ],
  [
    "attribute_exists(a, b)",
    "Incorrect number of operands for operator or function; operator or function: attribute_exists, number of operands: 2",
  ],
  [
    "attribute_exists(:n)",
    "Operator or function requires a document path; operator or function: attribute_exists",
  ],
  ["begins_with(a, :n)", `${operandProblem} begins_with, operand type: N`],
  ["size(:n) = :n", `${operandProblem} size, operand type: N`],
  ["a < :flag", `${operandProblem} <, operand type: BOOL`],
  ["a between :list and :n", `${operandProblem} BETWEEN, operand type: L`],
  [
    "a = #a",
    "The first operand must be distinct from the remaining operands for this operator or function; operator: =, first operand: [a]",
  ],
  [
    "a between :m and :n",
    "The BETWEEN operator requires upper bound to be greater than or equal to lower bound; lower bound operand: AttributeValue: {N:2}, upper bound operand: AttributeValue: {N:1}",
  ],
  [
    `a in (${Array(101).fill(":n").join(",")})`,
    "The IN operator is provided with too many operands; number of operands: 101",
  ],
])("%s is refused: %s", (source, problem) => {
  expect(judge(source)).toBe(`Invalid ConditionExpression: ${problem}`);
});

test("placeholders that no expression used are named", () => {
  const placeholders = new Placeholders({ names, values });
  compileCondition("#a = :n and #n = :s", "ConditionExpression", placeholders);
  expect(placeholders.checkAllUsed()).toEqual({
    ok: false,
    message: "Value provided in ExpressionAttributeNames unused in expressions: keys: {#dotted}",
  });
});

const operands: fc.Arbitrary<SampleOperand> = fc.oneof(
  paths.map((path) => ({ path })),
  anyValues.map((value) => ({ value })),
  paths.map((path) => ({ sizeOf: path })),
);
const orderedValues = scalars.filter((value) => "S" in value || "N" in value || "B" in value);
const ordered: fc.Arbitrary<SampleOperand> = fc.oneof(
  paths.map((path) => ({ path })),
  orderedValues.map((value) => ({ value })),
);

const samples = fc.letrec<{ sample: Sample }>((tie) => ({
  sample: fc.oneof(
    { maxDepth: 3, depthSize: "small" },
    fc.record({ op: fc.constantFrom("=", "<>"), operands: fc.tuple(operands, operands) }),
    fc.record({ op: fc.constantFrom("<", "<=", ">", ">="), operands: fc.tuple(ordered, ordered) }),
    fc.record({
      op: fc.constant("in"),
      operands: fc.array(operands, { minLength: 2, maxLength: 4 }),
    }),
    fc.record({
      op: fc.constantFrom("attribute_exists", "attribute_not_exists"),
      operands: fc.tuple(paths.map((path) => ({ path }))),
    }),
    fc.record({ op: fc.constant("contains"), operands: fc.tuple(operands, operands) }),
    fc.record({ op: fc.constant("not"), inner: fc.tuple(tie("sample")) }),
    fc.record({ op: fc.constantFrom("and", "or"), inner: fc.tuple(tie("sample"), tie("sample")) }),
  ) as fc.Arbitrary<Sample>,
})).sample;

/** The sample as text, its values as placeholders. */
function write(sample: Sample, given: Record<string, unknown>): string {
  if ("inner" in sample) {
    const [first, second] = sample.inner.map((part) => {
      const text = write(part, given);
      return "inner" in part ? `(${text})` : text;
    });
    return sample.op === "not" ? `NOT ${first}` : `${first} ${sample.op} ${second}`;
  }
  const texts = sample.operands.map((operand) => {
    if ("path" in operand) return writePath(operand.path);
    if ("sizeOf" in operand) return `size(${writePath(operand.sizeOf)})`;
    const name = `:v${Object.keys(given).length}`;
    given[name] = operand.value;
    return name;
  });
  if (sample.op === "in") return `${texts[0]} IN (${texts.slice(1).join(", ")})`;
  if (/^\w/.test(sample.op)) return `${sample.op}(${texts.join(", ")})`;
  return `${texts[0]} ${sample.op} ${texts[1]}`;
}

test("a compiled condition says what a slow evaluator says", () => {
  let comparedCount = 0;
  fc.assert(
    fc.property(samples, items, (sample, randomItem) => {
      const given: Record<string, never> = {};
      const source = write(sample, given);
      const outcome = compileCondition(
        source,
        "FilterExpression",
        new Placeholders({ values: given }),
      );
      // Only what is refused for good reason may be left out: equal operands on both sides.
      if (!outcome.ok) return expect(outcome.message).toContain("must be distinct");
      comparedCount += 1;
      expect([source, outcome.value.test(randomItem)]).toEqual([source, holds(sample, randomItem)]);
    }),
    { numRuns: 3000 },
  );
  expect(comparedCount).toBeGreaterThan(1000);
});

test("random text is refused with a message, never thrown at", () => {
  const words = fc.constantFrom(
    ...attributeNames,
    "#n",
    ":n",
    ":missing",
    "(",
    ")",
    "[",
    "]",
    "0",
    ".",
    ",",
    "=",
    "<>",
    "<",
    "AND",
    "or",
    "NOT",
    "between",
    "in",
    "size",
    "contains",
    "attribute_exists",
    " ",
    "é",
    "\u0000",
  );
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(words).map((all) => all.join(" ")),
  );
  fc.assert(
    fc.property(texts, (source) => {
      const outcome = compileCondition(
        source,
        "ConditionExpression",
        new Placeholders({ names, values }),
      );
      if (!outcome.ok) expect(outcome.message).toStartWith("Invalid ConditionExpression: ");
    }),
    { numRuns: 3000 },
  );
});

test("nesting without end is refused, not followed", () => {
  expect(judge(`${"(".repeat(2000)}a = :n${")".repeat(2000)}`)).toBe(
    "Invalid ConditionExpression: The expression is nested too deeply",
  );
});
