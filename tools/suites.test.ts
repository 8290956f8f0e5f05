import { expect, test } from "bun:test";
import { serverSteps } from "./suites.ts";

const files = [
  { path: "conformance/mqtt.test.ts", text: 'import "./house.ts";' },
  { path: "conformance/house.ts", text: "" },
  { path: "conformance/page.ts", text: 'import { chromium } from "playwright-core";' },
  { path: "conformance/chat/talk.test.ts", text: 'import { open } from "../page.ts";' },
  { path: "packages/mqtt/src/encode.test.ts", text: "" },
];

test("what drives a browser, through whatever it imports, is a step of its own", () => {
  const steps = serverSteps(files, { browser: { path: "/b" }, nothingSkipped: false });
  expect(steps.map(({ name }) => name)).toEqual(["conformance", "browser"]);
  const some = serverSteps(files.slice(0, 2), { browser: { path: "/b" }, nothingSkipped: false });
  expect(some.map(({ name }) => name)).toEqual(["conformance"]);
});

test("without a browser its files are skipped, or fail where nothing may be skipped", async () => {
  const browser = { why: "no Chromium found" };
  const [, lenient] = serverSteps(files, { browser, nothingSkipped: false });
  const outcome = { passed: 0, output: "no Chromium found" };
  expect(await lenient?.run()).toEqual({ ...outcome, failed: 0, skipped: 1 });
  const [, strict] = serverSteps(files, { browser, nothingSkipped: true });
  expect(await strict?.run()).toEqual({ ...outcome, failed: 1, skipped: 0 });
});
