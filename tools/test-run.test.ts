import { afterAll, beforeAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { countReport, runTests } from "./test-run.ts";

const sources = {
  "good.test.ts": 'test("a", () => {}); test("b", () => {}); test.skip("c", () => {});',
  "bad.test.ts": 'test("a", () => {}); test("b", () => { throw new Error("the reason"); });',
  "unloadable.test.ts": 'import "./nowhere.ts"; test("a", () => {});',
  "crashing.test.ts": 'test("a", () => process.exit(3)); test("b", () => {});',
  "empty.test.ts": "export {};",
  "count.ts": "export const count = { tests: 0 };",
  "first.test.ts":
    'import { count } from "./count.ts"; test("first", () => { count.tests += 1; });',
  "second.test.ts":
    'import { count } from "./count.ts"; test("second", () => { if (count.tests++) throw count; });',
  "late.test.ts": 'test("a", () => {}); afterAll(() => { throw new Error("too late"); });',
};

let root = "";

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "millrace-tests-"));
  for (const [name, source] of Object.entries(sources)) {
    writeFileSync(join(root, name), `import { afterAll, test } from "bun:test";\n${source}`);
  }
});

afterAll(() => rmSync(root, { recursive: true }));

function run(order: "together" | "alone", ...files: string[]) {
  return runTests({ files, order, root, testTimeoutMs: 10_000 });
}

test("what passes is counted and quiet, what is skipped is named", async () => {
  const outcome = await run("together", "good.test.ts");
  expect(outcome).toMatchObject({ passed: 2, failed: 0, skipped: 1 });
  expect(outcome.output).toBe("(skip) c");
});

test("what fails is shown with its reason", async () => {
  const outcome = await run("together", "bad.test.ts");
  expect(outcome).toMatchObject({ passed: 1, failed: 1, skipped: 0 });
  expect(outcome.output).toContain("the reason");
  expect(outcome.output).not.toContain("(pass)");
});

test.each(["unloadable.test.ts", "crashing.test.ts", "empty.test.ts"])(
  "%s counts as a failure, and leaves the others their count",
  async (file) => {
    for (const order of ["together", "alone"] as const) {
      const outcome = await run(order, file, "good.test.ts");
      expect(outcome).toMatchObject({ passed: 2, failed: 1, skipped: 1 });
      expect(outcome.output).toContain(file);
    }
  },
);

test("files share their modules where that is asked for, and not otherwise", async () => {
  const files = ["first.test.ts", "second.test.ts"];
  const outcomeOf = (sharesModules: boolean) =>
    runTests({ files, order: "together", workers: 1, sharesModules, root, testTimeoutMs: 10_000 });
  expect(await outcomeOf(false)).toMatchObject({ passed: 2, failed: 0 });
  expect(await outcomeOf(true)).toMatchObject({ passed: 1, failed: 1 });
});

test("a run that fails outside its tests counts as a failure", async () => {
  const outcome = await run("alone", "late.test.ts");
  expect(outcome.failed).toBe(1);
  expect(outcome.output).toContain("too late");
});

test("countReport() counts cases, not the sums that the report states", () => {
  const report = `<testsuites tests="9" failures="0">
    <testcase name="a" file="x/a.test.ts" time="0" />
    <testcase name="b" file="x/a.test.ts"><failure type="E">&lt;failure </failure></testcase>
    <testcase name="c" file="x/a.test.ts"><skipped message="later" /></testcase></testsuites>`;
  const outcome = { passed: 1, failed: 1, skipped: 1, output: "" };
  expect(countReport(report, ["x/a.test.ts"])).toEqual(outcome);
  expect(countReport("", ["x/a.test.ts"])).toMatchObject({ passed: 0, failed: 1 });
});
