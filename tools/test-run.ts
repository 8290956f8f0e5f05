/**
 * Runs test files under Bun and counts what they report, from the report and not from the text.
 *
 * A file that does not appear in the report, because it could not be loaded, brought its process
 * down or holds no test, counts as one failure; so does a run that fails without naming a test.
 */
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { repositoryRoot } from "./files.ts";
import { type Outcome, runCommand, sumOutcomes } from "./steps.ts";

export interface TestRun {
  /** Relative to the root. */
  readonly files: readonly string[];
  /** Together in worker processes, or each file in its own process, one after the other. */
  readonly order: "together" | "alone";
  readonly env?: NodeJS.ProcessEnv;
  readonly testTimeoutMs: number;
  /**
   * Together: each worker loads a module once, for all of its files, and not for each file anew.
   * A file may then meet what another has left behind.
   */
  readonly sharesModules?: boolean;
  /** Together: how many worker processes; one for each core, when nothing is said. */
  readonly workers?: number;
  readonly root?: string;
}

/** What the tests of the files came to. */
export async function runTests(run: TestRun): Promise<Outcome> {
  if (run.order === "together") return runOnce(run, run.files);
  const outcomes: Outcome[] = [];
  for (const file of run.files) outcomes.push(await runOnce(run, [file]));
  return sumOutcomes(outcomes);
}

async function runOnce(run: TestRun, files: readonly string[]): Promise<Outcome> {
  const root = run.root ?? repositoryRoot;
  const folder = mkdtempSync(join(tmpdir(), "millrace-tests-"));
  const report = join(folder, "report.xml");
  const { exitCode, output } = await runCommand(
    [
      ...[process.execPath, "test", `--timeout=${run.testTimeoutMs}`],
      ...(run.order === "together" ? workerFlags(run) : []),
      ...["--reporter=junit", `--reporter-outfile=${report}`],
      ...files.map((file) => join(root, file)),
    ],
    run.env ? { env: run.env } : {},
  );
  const file = Bun.file(report);
  const counted = countReport((await file.exists()) ? await file.text() : "", files);
  rmSync(folder, { recursive: true });
  const failed = counted.failed + (exitCode !== 0 && counted.failed === 0 ? 1 : 0);
  return { ...counted, failed, output: counted.output + tell(output, failed > 0) };
}

function workerFlags({ workers, sharesModules }: TestRun): string[] {
  const parallel = workers ? `--parallel=${workers}` : "--parallel";
  return sharesModules ? [parallel, "--no-isolate"] : [parallel];
}

/** Of a run that failed, everything but what passed; else what was skipped, with its reason. */
function tell(output: string, failed: boolean): string {
  const told = (line: string) => (failed ? !/^\(pass\)/.test(line) : /^\((skip|todo)\)/.test(line));
  return output.split("\n").filter(told).join("\n");
}

/** The counts in a JUnit report of the files; its output names the files that are not in it. */
export function countReport(report: string, files: readonly string[]): Outcome {
  const reported = new Set<string>();
  for (const [, file = ""] of report.matchAll(/<testcase [^>]*?file="([^"]*)"/g)) {
    reported.add(file);
  }
  const missing = files.filter((file) => ![...reported].some((name) => samePath(name, file)));
  const tests = report.match(/<testcase /g)?.length ?? 0;
  const failed = report.match(/<(failure|error)[ >/]/g)?.length ?? 0;
  const skipped = report.match(/<skipped[ >/]/g)?.length ?? 0;
  return {
    passed: tests - failed - skipped,
    failed: failed + missing.length,
    skipped,
    output: missing.map((file) => `${file} reported no test\n`).join(""),
  };
}

function samePath(reported: string, file: string): boolean {
  return reported === file || reported.endsWith(`/${file}`);
}
