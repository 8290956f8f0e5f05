/**
 * Runs the steps of a check, prints one row for each as it ends, and counts what really ran.
 *
 * A step that needs nothing from another starts at once with it. What passes stays quiet; what
 * fails is shown in full, after the rows. A step that throws counts as one failure.
 */
import { closeSync, mkdtempSync, openSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

export interface Outcome {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** Shown when something failed or was skipped. */
  readonly output: string;
}

export interface Step {
  readonly name: string;
  /** The test files that it runs, where it runs some. */
  readonly files?: readonly string[];
  run(): Promise<Outcome>;
}

export type Print = (line: string) => void;

export const print: Print = (line) => void process.stdout.write(`${line}\n`);

/** Runs the steps, all at once or one after the other, and adds up their outcomes. */
export async function runSteps(
  steps: readonly Step[],
  { atOnce, show = print }: { atOnce: boolean; show?: Print },
): Promise<Outcome> {
  const outcomes: Outcome[] = [];
  const run = async (step: Step) => {
    const start = performance.now();
    const outcome = await step.run().catch(crashed);
    show(formatRow(step.name, outcome, performance.now() - start));
    outcomes.push({ ...outcome, output: isQuiet(outcome) ? "" : titled(step.name, outcome) });
  };
  if (atOnce) await Promise.all(steps.map(run));
  else for (const step of steps) await run(step);
  return sumOutcomes(outcomes);
}

/** The outcomes as one. */
export function sumOutcomes(outcomes: readonly Outcome[]): Outcome {
  const sum = (pick: (outcome: Outcome) => number) =>
    outcomes.reduce((total, outcome) => total + pick(outcome), 0);
  return {
    passed: sum(({ passed }) => passed),
    failed: sum(({ failed }) => failed),
    skipped: sum(({ skipped }) => skipped),
    output: outcomes.map(({ output }) => output).join(""),
  };
}

/** `12 passed, 0 failed`, and what was skipped if anything was. */
export function formatCounts({ passed, failed, skipped }: Outcome): string {
  return `${passed} passed, ${failed} failed${skipped > 0 ? `, ${skipped} skipped` : ""}`;
}

/** A step that is one command: it passes when the command exits with 0. */
export function commandStep(name: string, command: readonly string[], timeoutMs?: number): Step {
  return {
    name,
    async run() {
      const { exitCode, output } = await runCommand(command, { timeoutMs });
      return { passed: exitCode === 0 ? 1 : 0, failed: exitCode === 0 ? 0 : 1, skipped: 0, output };
    },
  };
}

/**
 * Runs a command to its end, or to its bound. The output goes through a file: a pipe would stay
 * open, and we would wait, for as long as any process lives that the command left behind.
 */
export async function runCommand(
  command: readonly string[],
  {
    env = process.env,
    timeoutMs = 300_000,
  }: { env?: NodeJS.ProcessEnv; timeoutMs?: number | undefined } = {},
): Promise<{ exitCode: number; output: string }> {
  const folder = mkdtempSync(join(tmpdir(), "millrace-step-"));
  const path = join(folder, "output");
  const file = openSync(path, "a");
  const child = Bun.spawn([...command], {
    env,
    stdio: ["ignore", file, file],
    timeout: timeoutMs,
    killSignal: "SIGKILL",
  });
  const exitCode = await child.exited;
  closeSync(file);
  const late = child.signalCode === "SIGKILL" ? `ended by SIGKILL, allowed ${timeoutMs} ms\n` : "";
  const output = readFileSync(path, "utf8") + late;
  rmSync(folder, { recursive: true });
  return { exitCode, output };
}

function crashed(error: unknown): Outcome {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return { passed: 0, failed: 1, skipped: 0, output: `${text}\n` };
}

function isQuiet({ failed, skipped }: Outcome): boolean {
  return failed === 0 && skipped === 0;
}

function titled(name: string, { output }: Outcome): string {
  return `\n${"-".repeat(8)} ${name} ${"-".repeat(8)}\n${output.trimEnd()}\n`;
}

function formatRow(name: string, outcome: Outcome, ms: number): string {
  const mark = outcome.failed > 0 ? "FAIL" : outcome.passed > 0 ? "ok" : "skip";
  const seconds = `${(ms / 1_000).toFixed(1)} s`;
  return `${mark.padEnd(5)} ${name.padEnd(12)} ${seconds.padStart(8)}   ${formatCounts(outcome)}`;
}
