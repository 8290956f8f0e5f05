/**
 * Whether memory stays flat over many calls: a server as its users start it, one function that
 * answers at once, and calls over HTTP, a few at a time, until there were enough or time is up.
 *
 *     bun bench/functions-memory/measure.ts [calls] [seconds]
 *
 * After each tenth it prints how many calls there were, the resident memory of the server and of
 * the processes of the function together, and how many those are. Linux alone says so.
 */

import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { residentMegabytes } from "../load/machine.ts";
import { Processes } from "../servers/processes.ts";

const program = join(import.meta.dir, "../../packages/millrace/bin/millrace.js");
const template = `
AWSTemplateFormatVersion: "2010-09-09"
Transform: AWS::Serverless-2016-10-31
Resources:
  Echo:
    Type: AWS::Serverless::Function
    Properties:
      FunctionName: echo
      CodeUri: .
      Handler: handler.echo
      Runtime: nodejs22.x
      MemorySize: 128
`;
const handler = "exports.echo = async (event) => event;";
const ports = "--port 0 --api-port 0 --mqtt-port 0 --anonymous all --json".split(" ");
const callersCount = 4;
const payload = JSON.stringify({ text: "x".repeat(1_000) });

const [callCount = 100_000, secondsMax = 300] = process.argv.slice(2).map(Number);
const folder = mkdtempSync(join(tmpdir(), "millrace-bench-"));
const processes = new Processes(folder); // which removes it
writeFileSync(join(folder, "template.yaml"), template);
writeFileSync(join(folder, "handler.js"), handler);
const words = [program, "start", "--memory", ...ports, join(folder, "template.yaml")];
const started = processes.start("millrace", [process.execPath, ...words]);
const { api, pid } = JSON.parse(await started.nextLine());
const url = `${api}/2015-03-31/functions/echo/invocations`;
const endsAtMs = performance.now() + secondsMax * 1_000;
let begun = 0;
let answered = 0;

await call();
report();
await Promise.all(Array.from({ length: callersCount }, callOn));
if (answered < callCount) console.log(`time is up after ${answered} calls`);
process.exit();

async function callOn(): Promise<void> {
  while (begun < callCount && performance.now() < endsAtMs) {
    begun += 1;
    await call();
    answered += 1;
    if (answered % Math.ceil(callCount / 10) === 0) report();
  }
}

async function call(): Promise<void> {
  const answer = await fetch(url, { method: "POST", body: payload });
  const text = await answer.text();
  if (text !== payload) throw new Error(`a call was answered with ${answer.status} ${text}`);
}

function report(): void {
  const children = childrenOf(pid);
  const theirs = children.reduce((sum, child) => sum + (residentMegabytes(child) ?? 0), 0);
  const [own, others] = [residentMegabytes(pid) ?? Number.NaN, theirs].map((mb) => mb.toFixed(1));
  const calls = String(answered).padStart(7);
  console.log(`${calls} calls  server ${own} MB  ${children.length} processes ${others} MB`);
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name) && parentOf(name) === parent)
    .map(Number);
}

/** NaN when the process is gone. */
function parentOf(name: string): number {
  try {
    const stat = readFileSync(`/proc/${name}/stat`, "utf8");
    return Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
  } catch {
    return Number.NaN;
  }
}
