/**
 * Runs seeds of the broker's simulation and stops at the first that breaks a rule of its model.
 *
 *   bun tools/simulate.ts --seeds 2000 --from 1      many, on every core
 *   bun tools/simulate.ts --from 17 --trace          one, with everything that happened
 *   bun tools/simulate.ts --from 17 --without kills  one, with a kind of fault left out
 *
 * docs/internals/simulation.md says what is simulated and how to read a trace.
 */
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import type { Plan } from "../packages/millrace/src/broker/simulation/plan.ts";
import { type RunResult, runSeed } from "../packages/millrace/src/broker/simulation/run-seed.ts";

/** What `--without` may leave out. */
const changes: Readonly<Record<string, (plan: Plan) => Plan>> = {
  kills: (plan) => ({
    ...plan,
    killEveryMs: undefined,
    killAfterAnswerChance: 0,
    killInSyncChance: 0,
    killsAtEnd: false,
  }),
  shutdowns: (plan) => ({ ...plan, shutDownEveryMs: undefined }),
  breaks: (plan) => ({ ...plan, breakEveryMs: undefined }),
  taps: (plan) => ({ ...plan, tapChance: 0 }),
  wills: (plan) => ({
    ...plan,
    clients: plan.clients.map((client) => ({ ...client, willChance: 0 })),
  }),
  mqtt5: (plan) => ({
    ...plan,
    clients: plan.clients.map((client) => ({ ...client, mqtt5Chance: 0 })),
  }),
};

const { values: options } = parseArgs({
  options: {
    seeds: { type: "string", default: "1" },
    from: { type: "string", default: "1" },
    jobs: { type: "string" },
    trace: { type: "boolean", default: false },
    without: { type: "string", multiple: true, default: [] },
  },
});

const seeds = { from: count(options.from, "--from"), count: count(options.seeds, "--seeds") };
const jobs = Math.min(count(options.jobs ?? `${availableParallelism()}`, "--jobs"), seeds.count);
process.exit(jobs > 1 ? await runInJobs() : await runHere());

/** Every core takes each of its seeds in turn; the first that fails ends all. */
async function runInJobs(): Promise<number> {
  const each = Math.ceil(seeds.count / jobs);
  const children = Array.from({ length: jobs }, (_, job) => {
    const from = seeds.from + job * each;
    const own = Math.min(each, seeds.from + seeds.count - from);
    const words = ["--from", `${from}`, "--seeds", `${own}`, "--jobs", "1"];
    const without = options.without.flatMap((what) => ["--without", what]);
    const command = [process.execPath, import.meta.path, ...words, ...without];
    return Bun.spawn(command, { stdout: "inherit", stderr: "inherit" });
  });
  const endAll = () => {
    for (const child of children) child.kill();
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, endAll);
  const codes = children.map(async (child) => {
    const code = await child.exited;
    if (code !== 0) endAll();
    return code;
  });
  return (await Promise.all(codes)).some((code) => code !== 0) ? 1 : 0;
}

async function runHere(): Promise<number> {
  const startMs = performance.now();
  let [messages, kills] = [0, 0];
  for (let seed = seeds.from; seed < seeds.from + seeds.count; seed += 1) {
    const result = await runSeed(seed, settle, change);
    messages += result.counts.messages;
    kills += result.counts.kills;
    if (options.trace || result.violation !== undefined) tell(result);
    if (result.violation !== undefined) return 1;
  }
  const seconds = ((performance.now() - startMs) / 1000).toFixed(1);
  const last = seeds.from + seeds.count - 1;
  print(`seeds ${seeds.from} to ${last}: ${messages} messages, ${kills} kills, ${seconds} s`);
  return 0;
}

function change(plan: Plan): Plan {
  return options.without.reduce((changed, what) => {
    const without = changes[what];
    if (!without) throw new Error(`--without takes ${Object.keys(changes).join(", ")}: "${what}"`);
    return without(changed);
  }, plan);
}

/** Lets every promise go on that can. */
function settle(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

function tell({ seed, trace, violation }: RunResult): void {
  print(trace.join("\n"));
  if (violation === undefined) return;
  const without = options.without.map((what) => ` --without ${what}`).join("");
  print(`seed ${seed} breaks ${violation}`);
  print(`again: bun tools/simulate.ts --from ${seed}${without}`);
}

function count(text: string, option: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1)
    throw new Error(`${option} takes a count: "${text}"`);
  return number;
}

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}
