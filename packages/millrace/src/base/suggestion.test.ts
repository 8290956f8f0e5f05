import { expect, test } from "bun:test";
import { suggest } from "./suggestion.ts";

test.each([
  ["Handlr", "Handler"],
  ["CodeURI", "CodeUri"],
  ["Tabel", "Table"], // two letters that changed places are one mistake
  ["Nmae", "Name"],
  ["greet", "hello-Greet"], // what the template calls it, which is the end of its name
])("for %p the name %p is suggested", (written, meant) => {
  expect(suggest(written, ["Runtime", meant, "Role"])).toBe(` (did you mean '${meant}'?)`);
});

test("nothing is suggested for a name that is like none", () => {
  expect(suggest("Api", ["Arn", "Name", "Table"])).toBe("");
  expect(suggest("Role", ["Table", "Runtime"])).toBe("");
});
