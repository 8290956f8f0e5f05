import { describe, expect, test } from "bun:test";
import { commandStep, formatCounts, type Outcome, runSteps, type Step } from "./steps.ts";

const bun = process.execPath;

function step(name: string, outcome: Partial<Outcome>): Step {
  return { name, run: async () => ({ passed: 0, failed: 0, skipped: 0, output: "", ...outcome }) };
}

async function run(...steps: Step[]) {
  const rows: string[] = [];
  const outcome = await runSteps(steps, { atOnce: false, show: (row) => rows.push(row) });
  return { outcome, rows };
}

test("outcomes are added up, and each step gets a row", async () => {
  const { outcome, rows } = await run(
    step("types", { passed: 1, output: "noise" }),
    step("unit", { passed: 20, failed: 2, output: "why it failed" }),
    step("browser", { skipped: 3, output: "no Chromium" }),
  );
  expect(formatCounts(outcome)).toBe("21 passed, 2 failed, 3 skipped");
  expect(rows.map((row) => row.split(/\s+/, 2))).toEqual([
    ["ok", "types"],
    ["FAIL", "unit"],
    ["skip", "browser"],
  ]);
  expect(outcome.output).toContain("why it failed");
  expect(outcome.output).toContain("no Chromium");
  expect(outcome.output).not.toContain("noise");
});

test("a step that throws is a failure", async () => {
  const { outcome } = await run({ name: "a", run: () => Promise.reject(new Error("broken")) });
  expect(outcome).toMatchObject({ passed: 0, failed: 1 });
  expect(outcome.output).toContain("broken");
});

test("the count says nothing of skips when there are none", () => {
  expect(formatCounts({ passed: 3, failed: 0, skipped: 0, output: "" })).toBe("3 passed, 0 failed");
});

describe("a command", () => {
  test("passes with exit code 0", async () => {
    const outcome = await commandStep("a", [bun, "-e", "console.log('said')"]).run();
    expect(outcome).toEqual({ passed: 1, failed: 0, skipped: 0, output: "said\n" });
  });

  test("fails with any other", async () => {
    const outcome = await commandStep("a", [
      bun,
      "-e",
      "console.error('x'); process.exit(2)",
    ]).run();
    expect(outcome).toEqual({ passed: 0, failed: 1, skipped: 0, output: "x\n" });
  });

  test("is not waited for when it leaves a process behind", async () => {
    const leave = "console.log(Bun.spawn(['sleep', '60'], { stdio: ['ignore', 1, 2] }).pid)";
    const { output } = await commandStep("a", [bun, "-e", `${leave}; process.exit(0)`]).run();
    process.kill(Number(output));
    expect(Number(output)).toBeGreaterThan(0);
  });
});
