/**
 * The steps of our two commands: `npm run ok`, quick and without processes, and `npm test`, all.
 *
 * Every test file of the repository belongs to exactly one step: a new folder with tests in it
 * cannot be forgotten, because the steps are made by asking which files there are.
 */
import { posix } from "node:path";
import type { Browser } from "./browser.ts";
import type { SourceFile } from "./files.ts";
import { findImports } from "./imports.ts";
import { tokenize } from "./lexer.ts";
import type { MqttClients } from "./mqtt-clients.ts";
import { commandStep, type Step } from "./steps.ts";
import { runTests, type TestRun } from "./test-run.ts";

const browserDriver = "playwright-core";

/** Runs the MQTT clients that come from Debian. */
const clientPrograms = "conformance/mqtt/clients/programs.ts";

const together = { order: "together", testTimeoutMs: 30_000 } as const;

/**
 * The steps of `npm run ok`: types, lint and format, the house's own rules, unit tests. Where files
 * of unit tests share their modules, a third of the processor time is saved; `npm test` has each
 * on its own, so that none can come to need what another has left behind.
 */
export function quickSteps(
  files: readonly SourceFile[],
  { sharesModules }: { sharesModules: boolean },
): Step[] {
  const own = ["tools/floors.test.ts", "tools/tidy.test.ts", "tools/mqtt-reference.test.ts"];
  const quick = unitPaths(files).filter((path) => !hasProcesses(path));
  const unit = quick.filter((path) => !own.includes(path));
  return [
    commandStep("types", ["node_modules/.bin/tsc", "-p", "."]),
    commandStep("lint", ["node_modules/.bin/biome", "check", "--error-on-warnings", "."]),
    testStep("floors", { files: own.slice(0, 1), ...together }),
    testStep("tidy", { files: own.slice(1, 2), ...together }),
    testStep("reference", { files: own.slice(2), ...together }),
    testStep("sockets", { files: unit.filter(waits), workers: waitingWorkers, ...together }),
    testStep("unit", { files: unit.filter((path) => !waits(path)), sharesModules, ...together }),
  ];
}

/** Unit tests that start programs by the dozen, which takes longer than all the others together. */
export function processSteps(files: readonly SourceFile[]): Step[] {
  return [testStep("processes", { files: unitPaths(files).filter(hasProcesses), ...together })];
}

function unitPaths(files: readonly SourceFile[]): string[] {
  return testPaths(files).filter((path) => !isConformance(path));
}

/** How many files of tests that mostly wait do so at once. */
const waitingWorkers = 4;

/** Tests of what has sockets; mostly they wait, so that others may run meanwhile. */
function waits(path: string): boolean {
  return /^packages\/millrace\/src\/(gateway|listeners|node)\//.test(path);
}

/** Tests of handlers' processes, of the command's and of the benchmarks' programs. */
function hasProcesses(path: string): boolean {
  return /^(bench|packages\/millrace\/(bin|src\/functions))\//.test(path);
}

/** How many seeds of the broker's simulation `npm test` runs: about a minute on two cores. */
const simulatedSeeds = 3_000;

/** On a machine that does something else as well. */
const simulationMsMax = 900_000;

/** The broker's promises, in runs in which whatever may go wrong does. */
export function simulationSteps(): Step[] {
  const words = ["tools/simulate.ts", "--seeds", `${simulatedSeeds}`];
  return [commandStep("simulation", [process.execPath, ...words], simulationMsMax)];
}

/** What the server steps need beyond npm's packages. */
interface Engines {
  readonly browser: Browser;
  readonly mqttClients: MqttClients;
  readonly nothingSkipped: boolean;
}

/** The steps that start servers: plain cases, those with other clients, those in a browser. */
export function serverSteps(files: readonly SourceFile[], engines: Engines): Step[] {
  const { browser, mqttClients } = engines;
  const cases = testPaths(files).filter(isConformance);
  const inBrowser = reaching(files, browserDriver);
  const withClients = reaching(files, clientPrograms);
  const chosen = {
    conformance: cases.filter((path) => !inBrowser.has(path) && !withClients.has(path)),
    clients: cases.filter((path) => withClients.has(path)),
    browser: cases.filter((path) => inBrowser.has(path)),
  };
  const step = (name: keyof typeof chosen, env: Record<string, string>, why?: string): Step => {
    const paths = chosen[name];
    if (why) return missingStep(name, { why, ...engines, fileCount: paths.length });
    const alone = { order: "alone", testTimeoutMs: 120_000 } as const;
    return testStep(name, { files: paths, ...alone, env: { ...process.env, ...env } });
  };
  const steps = [
    step("conformance", {}),
    mqttClients.python
      ? step("clients", { PAHO_PYTHON: mqttClients.python })
      : step("clients", {}, mqttClients.why),
    browser.path ? step("browser", { CHROMIUM: browser.path }) : step("browser", {}, browser.why),
  ];
  return steps.filter(({ name }) => chosen[name as keyof typeof chosen].length > 0);
}

function testStep(name: string, run: TestRun): Step {
  return { name, files: run.files, run: () => runTests(run) };
}

/** Stands for the tests that cannot run: one skip, or one failure, per file. */
function missingStep(
  name: string,
  missing: { why: string; nothingSkipped: boolean; fileCount: number },
): Step {
  const { fileCount, nothingSkipped } = missing;
  const [failed, skipped] = nothingSkipped ? [fileCount, 0] : [0, fileCount];
  return { name, run: async () => ({ passed: 0, failed, skipped, output: missing.why }) };
}

function testPaths(files: readonly SourceFile[]): string[] {
  return files.map(({ path }) => path).filter((path) => path.endsWith(".test.ts"));
}

function isConformance(path: string): boolean {
  return path.startsWith("conformance/");
}

/** The files of the conformance that load `target`, themselves or through what they import. */
function reaching(files: readonly SourceFile[], target: string): Set<string> {
  const cases = files.filter(({ path }) => isConformance(path) && path.endsWith(".ts"));
  const imports = new Map(
    cases.map(({ path, text }) => [
      path,
      findImports(tokenize(text)).map(({ specifier }) =>
        specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : specifier,
      ),
    ]),
  );
  const found = new Set([target]);
  for (let before = 0; before < found.size; ) {
    before = found.size;
    for (const [path, known] of imports) {
      if (known.some((name) => found.has(name))) found.add(path);
    }
  }
  return found;
}
