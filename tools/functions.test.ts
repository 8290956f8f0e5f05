import { describe, expect, test } from "bun:test";
import { findFunctions } from "./functions.ts";
import { tokenize } from "./lexer.ts";

function found(source: string): string[] {
  return findFunctions(tokenize(source)).map(
    ({ name, line, endLine, parameterCount }) => `${name}/${parameterCount} ${line}-${endLine}`,
  );
}

test.each([
  ["function f() {}", ["f/0 1-1"]],
  ["export async function* f(a: A, b = 1): AsyncIterable<B> {\n}", ["f/2 1-2"]],
  ["export default function (a) {}", ["/1 1-1"]],
  ["function f<A, B extends C<D>>(a: Map<A, B>, { b, c }: E, ...d: F[],) {}", ["f/3 1-1"]],
  ["function f(this: A, a: B) {}", ["f/1 1-1"]],
  ["function f(a: (b: C, d: D) => E): { a: A; b: B } {\n\n}", ["f/1 1-3", "a/2 1-1"]],
  ["function f(a: unknown): a is string[] | [A, B] {}", ["f/1 1-1"]],
  ["function f(): Map<string, { a: A }> {}", ["f/0 1-1"]],
  ["function f(): asserts a is B {}", ["f/0 1-1"]],
  ["const f = (a: A) => {\n};", ["f/1 1-2"]],
  ["const f = async <T,>(a: T): Promise<T> => a;", ["f/1 1-1"]],
  ["const f = (): (() => void) => g;", ["f/0 1-1", "/1 1-1", "/0 1-1"]],
  ["const f = (a) =>\n  g(a,\n  1);", ["f/1 1-3"]],
  [
    "const o = { f(a) {}, get g() { return 1; }, h: (a, b) => a };",
    ["f/1 1-1", "g/0 1-1", "h/2 1-1"],
  ],
  [
    "class A { constructor(a: B) {} #f(): void {} static async *g(): X {} }",
    ["constructor/1 1-1", "#f/0 1-1", "g/0 1-1"],
  ],
  ["class A {\n f(): () => void {\n }\n g() {}\n}", ["f/0 2-3", "/0 2-2", "g/0 4-4"]],
  ["f((a) => a,\n b);", ["/1 1-1"]],
  ["const f = (a) => (b) => {\n}", ["f/1 1-2", "/1 1-2"]],
  ["function f() {\n  g(() => {\n  });\n}", ["f/0 1-4", "/0 2-3"]],
])("%s", (source, expected) => {
  expect(found(source)).toEqual(expected);
});

describe("no function", () => {
  test.each([
    "if (a) { b(); } else if (c) { d(); }",
    "for (const a of b) { }",
    "for await (const { a } of b) { }",
    "while (a(b)) { }",
    "switch (a) { case f(b): { c(); } case g(d): return { e }; }",
    "try { a(); } catch (error) { b(); }",
    "const a = b ? f(c) : { d };",
    "const a = b ? (c) : d;",
    "interface A { f(a: B): C; g(): D }",
    "declare function f(a: A): B;",
    "const a = { b: f(c), d: { e } };",
    "const text = 'function f() {}'; // () => {}",
  ])("%s", (source) => {
    expect(found(source)).toEqual([]);
  });
});
