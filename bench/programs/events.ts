/**
 * Asynchronous events, accepted and done: `bun events.ts '<task as JSON>'`.
 *
 * Each event carries a number, which its handler leaves in a file. At the end every number must
 * stand there; one that stands there twice is counted, as an event may be tried again.
 */

import { existsSync, readFileSync } from "node:fs";
import { encodeRequest, type HttpCaller, openCaller } from "../load/http-client.ts";
import { startUsage, type Usage } from "../load/machine.ts";
import { runProgram } from "./program.ts";

const connections = 16;
const invocation = "/2015-03-31/functions/event/invocations";

export interface EventsTask {
  readonly invokePort: number;
  readonly serverPid: number;
  readonly eventCount: number;
  readonly file: string;
  readonly doneSecondsMax: number;
}

export type EventsFigures = Usage & {
  readonly donePerSecond: number;
  readonly acceptedPerSecond: number;
  readonly doneTwice: number;
};

async function run(task: EventsTask): Promise<EventsFigures> {
  const { eventCount, doneSecondsMax } = task;
  const stopUsage = startUsage(task.serverPid);
  const startMs = performance.now();
  let next = 0;
  const send = async () => {
    const client = await openCaller(task.invokePort);
    while (next < eventCount) await accept(client, { file: task.file, number: next++ });
    client.close();
  };
  await Promise.all(Array.from({ length: connections }, send));
  const acceptedMs = performance.now() - startMs;
  const endMs = performance.now() + doneSecondsMax * 1_000;
  let done = readNumbers(task.file);
  while (new Set(done).size < eventCount) {
    if (performance.now() > endMs) {
      throw new Error(`of ${eventCount} events ${new Set(done).size} are done`);
    }
    await Bun.sleep(20);
    done = readNumbers(task.file);
  }
  const doneMs = performance.now() - startMs;
  return {
    ...stopUsage(),
    donePerSecond: (eventCount / doneMs) * 1_000,
    acceptedPerSecond: (eventCount / acceptedMs) * 1_000,
    doneTwice: done.length - eventCount,
  };
}

async function accept(client: HttpCaller, event: object): Promise<void> {
  const headers = ["X-Amz-Invocation-Type: Event", "Content-Type: application/json"];
  const body = JSON.stringify(event);
  const request = encodeRequest({ method: "POST", path: invocation, headers, body });
  const answer = await client.request(request);
  if (answer.status !== 202) throw new Error(`answered ${answer.status} ${answer.body}`);
}

function readNumbers(file: string): string[] {
  return existsSync(file) ? readFileSync(file, "utf8").split("\n").slice(0, -1) : [];
}

await runProgram(run);
