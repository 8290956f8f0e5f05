import { expect, test } from "bun:test";
import fc from "fast-check";
import { type AttributeValue, compileUpdate, type Item, Placeholders } from "./mod.ts";
import { values as anyValues, attributeNames, items, paths, writePath } from "./value-samples.ts";

const names = { "#n": "name", "#a": "a" };
const values = {
  ":n": { N: "2" },
  ":s": { S: "x" },
  ":ss": { SS: ["x", "z"] },
  ":ns": { NS: ["1"] },
  ":l": { L: [{ S: "new" }] },
} as const;

const item: Item = {
  a: { N: "40" },
  ss: { SS: ["x", "y"] },
  l: { L: [{ S: "0" }, { S: "1" }, { S: "2" }] },
  m: { M: { kept: { N: "1" }, l: { L: [] } } },
  note: { S: "t" },
};

function run(source: string): Item | string {
  const outcome = compileUpdate(source, new Placeholders({ names, values }));
  if (!outcome.ok) return outcome.message;
  const applied = outcome.value.apply(item);
  return applied.ok ? applied.value : applied.message;
}

test.each([
  ["SET b = a", { ...item, b: { N: "40" } }],
  ["SET a = a + :n, b = a", { ...item, a: { N: "42" }, b: { N: "40" } }],
  ["set a = :n - a", { ...item, a: { N: "-38" } }],
  ["SET b = if_not_exists(b, a)", { ...item, b: { N: "40" } }],
  ["SET a = if_not_exists(#n, :n) + :n", { ...item, a: { N: "4" } }],
  ["SET l = list_append(:l, l)", { ...item, l: { L: [{ S: "new" }, ...listOf(item)] } }],
  ["SET l[7] = :s, l[5] = :n", { ...item, l: { L: [...listOf(item), { N: "2" }, { S: "x" }] } }],
  ["SET l[0] = :s REMOVE l[1]", { ...item, l: { L: [{ S: "x" }, { S: "2" }] } }],
  ["REMOVE l[0], l[2], l[9]", { ...item, l: { L: [{ S: "1" }] } }],
  ["SET m.fresh = :s REMOVE m.kept", { ...item, m: { M: { l: { L: [] }, fresh: { S: "x" } } } }],
  ["REMOVE nothing, a, ss, l, m", { note: { S: "t" } }],
  ["ADD a :n, b :n", { ...item, a: { N: "42" }, b: { N: "2" } }],
  ["ADD ss :ss", { ...item, ss: { SS: ["x", "y", "z"] } }],
  ["DELETE ss :ss", { ...item, ss: { SS: ["y"] } }],
  ["DELETE nothing :ss", item],
  ["ADD m.kept :n", { ...item, m: { M: { kept: { N: "3" }, l: { L: [] } } } }],
])("%s", (source, expected) => {
  expect(run(source)).toEqual(expected);
});

function listOf(of: Item): readonly AttributeValue[] {
  return (of.l as { L: AttributeValue[] }).L;
}

test("the last member taken from a set takes the attribute with it", () => {
  const outcome = compileUpdate("DELETE ns :ns", new Placeholders({ values }));
  expect(outcome.ok && outcome.value.apply({ ns: { NS: ["1"] } })).toEqual({ ok: true, value: {} });
});

test("an attribute may bear any name", () => {
  const given = { names: { "#p": "__proto__" }, values: { ":n": { N: "1" } } };
  const outcome = compileUpdate("SET #p = :n", new Placeholders(given));
  const applied = outcome.ok && outcome.value.apply({});
  expect(JSON.stringify(applied)).toBe('{"ok":true,"value":{"__proto__":{"N":"1"}}}');
});

const invalid = "Invalid UpdateExpression: ";
const missing = "The provided expression refers to an attribute that does not exist in the item";
const wrongPath = "The document path provided in the update expression is invalid for update";
const wrongType = "An operand in the update expression has an incorrect data type";
const operandProblem = `${invalid}Incorrect operand type for operator or function; operator`;

test.each([
  ["", `${invalid}The expression can not be empty;`],
  ["INVALID SYNTAX HERE", `${invalid}Syntax error; token: "INVALID", near: "INVALID SYNTAX"`],
  ["SET", `${invalid}Syntax error; token: "<EOF>", near: "SET"`],
  ["SET a = :n + :n + :n", `${invalid}Syntax error; token: "+", near: ":n + :n"`],
  ["ADD a a", `${invalid}Syntax error; token: "a", near: "a a"`],
  ["SET name = :n", `${invalid}Attribute name is a reserved keyword; reserved keyword: name`],
  ["SET a = foo(a)", `${invalid}Invalid function name; function: foo`],
  [
    "SET a = :n SET b = :n",
    `${invalid}The "SET" section can only be used once in an update expression;`,
  ],
  [
    "SET #x = :x",
    `${invalid}An expression attribute name used in the document path is not defined; attribute name: #x`,
  ],
  [
    "SET a = :x",
    `${invalid}An expression attribute value used in expression is not defined; attribute value: :x`,
  ],
  [
    "SET m.kept = :n REMOVE m",
    `${invalid}Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m, kept], path two: [m]`,
  ],
  [
    "SET m.kept = :n, m[0] = :n",
    `${invalid}Two document paths conflict with each other; must remove or rewrite one of these paths; path one: [m, kept], path two: [m, [0]]`,
  ],
  ["ADD a :s", `${operandProblem}: ADD, operand type: STRING, typeSet: ALLOWED_FOR_ADD_OPERAND`],
  [
    "DELETE a :n",
    `${operandProblem}: DELETE, operand type: NUMBER, typeSet: ALLOWED_FOR_DELETE_OPERAND`,
  ],
  ["SET a = a + :s", `${operandProblem} or function: +, operand type: S`],
  ["SET a = list_append(l, :n)", `${operandProblem} or function: list_append, operand type: N`],
  [
    "SET a = if_not_exists(:n, :n)",
    `${invalid}Operator or function requires a document path; operator or function: if_not_exists`,
  ],
  ["SET a = nothing", missing],
  ["SET a = nothing + :n", missing],
  ["SET a = note + :n", wrongType],
  ["SET a = list_append(note, l)", wrongType],
  ["ADD note :n", wrongType],
  ["DELETE a :ss", wrongType],
  ["SET nothing.b = :n", wrongPath],
  ["SET a.b = :n", wrongPath],
  ["SET m[0] = :n", wrongPath],
  ["REMOVE nothing.b", wrongPath],
])("%s is refused: %s", (source, message) => {
  expect(run(source)).toBe(message);
});

test("whether an update brings an item into being", () => {
  const creates = (source: string) => {
    const outcome = compileUpdate(source, new Placeholders({ names, values }));
    return outcome.ok && outcome.value.createsItem;
  };
  expect(creates("REMOVE a DELETE ss :ss")).toBe(false);
  expect(creates("REMOVE a ADD b :n")).toBe(true);
});

/** The obvious way: plain mutable JSON, lists with holes, holes closed at the end. */
function applySlowly(
  old: Item,
  actions: readonly [path: (string | number)[], to?: AttributeValue][],
) {
  const copy = { M: structuredClone(old) } as never;
  const lists = new Set<unknown[]>();
  for (const [path, to] of actions) {
    let parent = copy as { M?: Record<string, never>; L?: never[] } | undefined;
    for (const step of path.slice(0, -1)) {
      parent = typeof step === "number" ? parent?.L?.[step] : parent?.M?.[step];
    }
    const last = path.at(-1)!;
    const container = (typeof last === "number" ? parent?.L : parent?.M) as never[] | undefined;
    if (!container) return wrongPath;
    if (typeof last === "number") lists.add(container);
    if (to) container[last as number] = to as never;
    else delete container[last as number];
  }
  for (const list of lists) list.splice(0, list.length, ...list.filter(() => true));
  return (copy as { M: Item }).M;
}

test("an update does what a slow evaluator does", () => {
  let appliedCount = 0;
  const actions = fc.array(fc.tuple(paths, fc.option(anyValues, { nil: undefined })), {
    minLength: 1,
    maxLength: 3,
  });
  fc.assert(
    fc.property(items, actions, (old, chosen) => {
      const given: Record<string, AttributeValue> = {};
      const sets = chosen.flatMap(([path, to], at) => {
        if (!to) return [];
        given[`:v${at}`] = to;
        return [`${writePath(path)} = :v${at}`];
      });
      const removes = chosen.flatMap(([path, to]) => (to ? [] : [writePath(path)]));
      const source = [
        sets.length > 0 ? `SET ${sets.join(", ")}` : "",
        removes.length > 0 ? `REMOVE ${removes.join(", ")}` : "",
      ].join(" ");
      const outcome = compileUpdate(source, new Placeholders({ values: given }));
      if (!outcome.ok) return expect(outcome.message).toMatch(/document paths (overlap|conflict)/);
      const applied = outcome.value.apply(old);
      const result = applied.ok ? applied.value : applied.message;
      appliedCount += applied.ok ? 1 : 0;
      expect([source, result]).toEqual([source, applySlowly(old, chosen)]);
    }),
    { numRuns: 3000 },
  );
  expect(appliedCount).toBeGreaterThan(100);
});

test("random text is refused with a message, never thrown at", () => {
  const words = fc.constantFrom(
    ...attributeNames,
    "#n",
    ":n",
    ":l",
    ":x",
    "(",
    ")",
    "[",
    "]",
    "0",
    ".",
    ",",
    "=",
    "+",
    "-",
    "SET",
    "remove",
    "ADD",
    "delete",
    "if_not_exists",
    "list_append",
    "€",
  );
  const texts = fc.oneof(
    fc.string({ unit: "binary" }),
    fc.array(words).map((all) => all.join(" ")),
  );
  fc.assert(
    fc.property(texts, items, (source, old) => {
      const outcome = compileUpdate(source, new Placeholders({ names, values }));
      if (outcome.ok) outcome.value.apply(old);
      else expect(outcome.message).toStartWith(invalid);
    }),
    { numRuns: 3000 },
  );
});
