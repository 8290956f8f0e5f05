import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackNameOf } from "./surroundings.ts";

const root = mkdtempSync(join(tmpdir(), "millrace-stack-name-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The name of `Lines.template.json` in a folder with these files. */
function nameAmong(files: Record<string, string>): string {
  const folder = mkdtempSync(join(root, "cdk.out-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return stackNameOf(join(folder, "Lines.template.json"));
}

const naming = (properties: object) =>
  JSON.stringify({ version: "38.0.1", artifacts: { Lines: { properties } } });

test.each([
  [{ stackName: "Prod-Lines" }, "Prod-Lines"],
  [{ templateFile: "Lines.template.json" }, "Lines"],
])("a stack of the CDK with %j is named %s", (properties, name) => {
  const files = { "Lines.assets.json": "{}", "manifest.json": naming(properties) };
  expect(nameAmong(files)).toBe(name);
});

test("a stack of the CDK without its assembly is named by its id", () => {
  expect(nameAmong({ "Lines.assets.json": "{}" })).toBe("Lines");
  expect(nameAmong({ "Lines.assets.json": "{}", "manifest.json": "no JSON" })).toBe("Lines");
});

test("any other stack is named after its folder", () => {
  expect(nameAmong({ "manifest.json": naming({ stackName: "Other" }) })).toStartWith("cdk-out-");
});
