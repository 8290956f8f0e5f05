import { expect, test } from "bun:test";
import { readRepository, repositoryRoot } from "./files.ts";
import { processSteps, quickSteps, serverSteps } from "./suites.ts";

const files = [
  { path: "conformance/mqtt.test.ts", text: 'import "./house.ts";' },
  { path: "conformance/house.ts", text: "" },
  { path: "conformance/page.ts", text: 'import { chromium } from "playwright-core";' },
  { path: "conformance/chat/talk.test.ts", text: 'import { open } from "../page.ts";' },
  { path: "conformance/mqtt/clients/programs.ts", text: "" },
  { path: "conformance/mqtt/clients/paho.test.ts", text: 'import "./programs.ts";' },
  { path: "packages/mqtt/src/encode.test.ts", text: "" },
];

const engines = {
  browser: { path: "/b" },
  mqttClients: { python: "/p" },
  nothingSkipped: false,
};

test("what drives a browser or other clients, through whatever it imports, is a step of its own", () => {
  const names = serverSteps(files, engines).map(({ name }) => name);
  expect(names).toEqual(["conformance", "clients", "browser"]);
  const some = serverSteps(files.slice(0, 2), engines).map(({ name }) => name);
  expect(some).toEqual(["conformance"]);
});

test.each([
  ["browser", { browser: { why: "no Chromium found" } }, "no Chromium found"],
  ["clients", { mqttClients: { why: "no paho" } }, "no paho"],
])("without its engine the step %s is skipped, or fails where nothing may be", async (...words) => {
  const [name, missing, output] = words;
  const outcomeOf = async (nothingSkipped: boolean) => {
    const steps = serverSteps(files, { ...engines, ...missing, nothingSkipped });
    return await steps.find((step) => step.name === name)?.run();
  };
  expect(await outcomeOf(false)).toEqual({ passed: 0, output, failed: 0, skipped: 1 });
  expect(await outcomeOf(true)).toEqual({ passed: 0, output, failed: 1, skipped: 0 });
});

test("every unit test is in exactly one step", () => {
  const repository = readRepository(repositoryRoot);
  const paths = repository.map(({ path }) => path).filter((path) => path.endsWith(".test.ts"));
  const steps = [...quickSteps(repository, { sharesModules: true }), ...processSteps(repository)];
  const run = steps.flatMap(({ files }) => files ?? []);
  expect(run.toSorted()).toEqual(paths.filter((path) => !path.startsWith("conformance/")).sort());
});
