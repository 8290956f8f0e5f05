/**
 * The steps of our two commands: `npm run ok`, quick and without a server, and `npm test`, all.
 *
 * Every test file of the repository belongs to exactly one step: a new folder with tests in it
 * cannot be forgotten, because the steps are made by asking which files there are.
 */
import { posix } from "node:path";
import type { Browser } from "./browser.ts";
import type { SourceFile } from "./files.ts";
import { findImports } from "./imports.ts";
import { tokenize } from "./lexer.ts";
import { commandStep, type Step } from "./steps.ts";
import { runTests, type TestRun } from "./test-run.ts";

const browserDriver = "playwright-core";

/** The steps of `npm run ok`: types, lint and format, the house's own rules, unit tests. */
export function quickSteps(files: readonly SourceFile[]): Step[] {
  const own = ["tools/floors.test.ts", "tools/tidy.test.ts", "tools/mqtt-reference.test.ts"];
  const unit = testPaths(files).filter((path) => !isConformance(path) && !own.includes(path));
  const together = { order: "together", testTimeoutMs: 30_000 } as const;
  return [
    commandStep("types", ["node_modules/.bin/tsc", "-p", "."]),
    commandStep("lint", ["node_modules/.bin/biome", "check", "--error-on-warnings", "."]),
    testStep("floors", { files: own.slice(0, 1), ...together }),
    testStep("tidy", { files: own.slice(1, 2), ...together }),
    testStep("reference", { files: own.slice(2), ...together }),
    testStep("unit", { files: unit, ...together }),
  ];
}

/** How many seeds of the broker's simulation `npm test` runs: two to three minutes on two cores. */
const simulatedSeeds = 4_000;

/** The broker's promises, in runs with everything that may go wrong. */
export function simulationSteps(): Step[] {
  const words = ["tools/simulate.ts", "--seeds", `${simulatedSeeds}`];
  return [commandStep("simulation", [process.execPath, ...words])];
}

/** The steps that start servers: conformance cases, and those that drive a browser. */
export function serverSteps(
  files: readonly SourceFile[],
  options: { browser: Browser; nothingSkipped: boolean },
): Step[] {
  const drivers = drivingFiles(files);
  const cases = testPaths(files).filter(isConformance);
  const alone = { order: "alone", testTimeoutMs: 120_000 } as const;
  const conformance = cases.filter((path) => !drivers.has(path));
  const browser = cases.filter((path) => drivers.has(path));
  const { path, why } = { why: "", ...options.browser };
  const env = { ...process.env, ...(path ? { CHROMIUM: path } : {}) };
  const steps = [
    testStep("conformance", { files: conformance, ...alone, env }),
    path
      ? testStep("browser", { files: browser, ...alone, env })
      : missingStep("browser", { why, ...options, fileCount: browser.length }),
  ];
  const counts = [conformance.length, browser.length];
  return steps.filter((_, index) => counts[index]! > 0);
}

function testStep(name: string, run: TestRun): Step {
  return { name, run: () => runTests(run) };
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

/** The files that load the browser's driver, themselves or through what they import. */
function drivingFiles(files: readonly SourceFile[]): Set<string> {
  const cases = files.filter(({ path }) => isConformance(path) && path.endsWith(".ts"));
  const imports = new Map(
    cases.map(({ path, text }) => [
      path,
      findImports(tokenize(text)).map(({ specifier }) =>
        specifier.startsWith(".") ? posix.join(posix.dirname(path), specifier) : specifier,
      ),
    ]),
  );
  const driving = new Set([browserDriver]);
  for (let before = 0; before < driving.size; ) {
    before = driving.size;
    for (const [path, known] of imports) {
      if (known.some((name) => driving.has(name))) driving.add(path);
    }
  }
  return driving;
}
