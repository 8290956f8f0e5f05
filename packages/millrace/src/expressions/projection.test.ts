import { expect, test } from "bun:test";
import fc from "fast-check";
import { compileProjection, type Item, Placeholders } from "./mod.ts";
import { valueAt } from "./path.ts";
import { items, paths, writePath } from "./value-samples.ts";

const item: Item = {
  a: { N: "1" },
  m: {
    M: {
      x: { S: "x" },
      l: { L: [{ S: "0" }, { M: { k: { S: "k" }, z: { S: "z" } } }, { S: "2" }] },
    },
  },
  "dotted.name": { S: "d" },
};

function project(source: string): Item | string {
  const outcome = compileProjection(source, new Placeholders({ names: { "#d": "dotted.name" } }));
  return outcome.ok ? outcome.value.project(item) : outcome.message;
}

test.each([
  ["a", { a: { N: "1" } }],
  ["a, #d", { a: { N: "1" }, "dotted.name": { S: "d" } }],
  ["m.x", { m: { M: { x: { S: "x" } } } }],
  ["m.l[2], m.l[0]", { m: { M: { l: { L: [{ S: "0" }, { S: "2" }] } } } }],
  ["m.l[1].k", { m: { M: { l: { L: [{ M: { k: { S: "k" } } }] } } } }],
  ["nothing, m.nothing, m.l[9], a.b", {}],
])("%s keeps structure", (source, expected) => {
  expect(project(source)).toEqual(expected);
});

test.each([
  ["", "The expression can not be empty;"],
  ["a,", 'Syntax error; token: "<EOF>", near: ","'],
  ["a b", 'Syntax error; token: "b", near: "a b"'],
  ["l[2147483648]", "List index is not within the allowable range; index: [2147483648]"],
  ["l[00000000001]", "List index is not within the allowable range; index: [00000000001]"],
  ["a, size", "Attribute name is a reserved keyword; reserved keyword: size"],
  [
    "m, m.x",
    "Two document paths overlap with each other; must remove or rewrite one of these paths; path one: [m], path two: [m, x]",
  ],
])("%s is refused: %s", (source, problem) => {
  expect(project(source)).toBe(`Invalid ProjectionExpression: ${problem}`);
});

test("a single path brings exactly what stands there", () => {
  fc.assert(
    fc.property(items, paths, (random, path) => {
      const outcome = compileProjection(writePath(path), new Placeholders());
      const picked = outcome.ok ? outcome.value.project(random) : undefined;
      const found = valueAt(random, path);
      // In the answer a list holds only what was picked, so every position became the first.
      const moved = path.map((step) => (typeof step === "number" ? 0 : step));
      expect(valueAt(picked!, moved)).toEqual(found);
      if (found === undefined) expect(picked).toEqual({});
    }),
  );
});
