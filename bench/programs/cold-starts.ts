/**
 * First calls of functions, each beside a start of Node itself: `bun cold-starts.ts '<task>'`.
 *
 * Node's start is from the spawn to the first line of a program that only says one; a function's is
 * from the request to the whole answer.
 */

import { encodeRequest, openCaller } from "../load/http-client.ts";
import { quantile } from "../load/tally.ts";
import type { Target } from "../load/workload.ts";
import { runProgram } from "./program.ts";

export interface ColdTask {
  readonly target: Target;
  /** Of functions that nobody has called. */
  readonly paths: readonly string[];
}

export type ColdFigures = {
  /** What the first call takes beyond a start of Node, both in the middle of all. */
  readonly aboveNodeMs: number;
  readonly firstCallMs: number;
  readonly slowestMs: number;
  readonly nodeMs: number;
};

async function run({ target, paths }: ColdTask): Promise<ColdFigures> {
  const firstMs: number[] = [];
  const nodeMs: number[] = [];
  for (const path of paths) {
    nodeMs.push(await startNode());
    firstMs.push(await callFirst(target.port, path));
  }
  const ascending = (left: number, right: number) => left - right;
  firstMs.sort(ascending);
  nodeMs.sort(ascending);
  const [first, node] = [quantile(firstMs, 0.5), quantile(nodeMs, 0.5)];
  return {
    aboveNodeMs: first - node,
    firstCallMs: first,
    slowestMs: firstMs.at(-1)!,
    nodeMs: node,
  };
}

async function startNode(): Promise<number> {
  const startMs = performance.now();
  const command = ["node", "--eval", "process.stdout.write('up')"];
  const child = Bun.spawn(command, { stdin: "ignore", stdout: "pipe", stderr: "ignore" });
  await child.stdout.getReader().read();
  const took = performance.now() - startMs;
  await child.exited;
  return took;
}

async function callFirst(port: number, path: string): Promise<number> {
  const client = await openCaller(port);
  const startMs = performance.now();
  const { status, body } = await client.request(encodeRequest({ path }));
  const took = performance.now() - startMs;
  client.close();
  if (status !== 200) throw new Error(`${path} answered ${status} ${body}`);
  return took;
}

await runProgram(run);
