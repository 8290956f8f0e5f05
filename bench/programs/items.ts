/**
 * Reads and writes of items: `bun items.ts '<task as JSON>'`.
 *
 * Makes the table, fills it, then measures one case after the other: an operation, by a client,
 * with so many requests in flight. Every request is about an item drawn evenly from all; every
 * answer's status is looked at, and the body of one in a hundred.
 */

import { requestBytes } from "../load/aws-request.ts";
import { HttpClient } from "../load/http-client.ts";
import {
  complaintOf,
  createTableInput,
  fillInputs,
  type ItemOperation,
  inputOf,
} from "../load/items.ts";
import { startUsage } from "../load/machine.ts";
import { createSdkClient } from "../load/sdk-client.ts";
import { quantile, Tally } from "../load/tally.ts";
import type { Figures, Target } from "../load/workload.ts";
import { answer, runProgram } from "./program.ts";

export interface ItemsCase {
  /** In front of the names of its figures. */
  readonly key: string;
  readonly client: "http" | "sdk";
  readonly operation: ItemOperation;
  readonly inFlight: number;
  readonly warmUpSeconds: number;
}

export interface ItemsTask {
  readonly target: Target;
  readonly serverPid: number;
  readonly itemCount: number;
  readonly cases: readonly ItemsCase[];
  readonly measureSeconds: number;
}

/** Requests that are made before they are needed; each is sent many times over. */
const preparedCount = 4_096;
const checkedEvery = 100;
const fillInFlight = 8;
/** Only the order in which items are asked for, the same for every server. */
const drawStep = 7_919;

async function run(task: ItemsTask): Promise<undefined> {
  const filled = await fill(task);
  answer(filled);
  for (const one of task.cases) answer(await measureCase(task, one));
  return undefined;
}

async function fill({ target, itemCount }: ItemsTask): Promise<Figures> {
  const tally = new Tally();
  const host = `${target.host}:${target.port}`;
  const clients = await openClients(target, fillInFlight, tally);
  const made = requestBytes({
    host,
    operation: "CreateTable",
    body: JSON.stringify(createTableInput),
  });
  await ask(clients[0]!, made);
  await Bun.sleep(200); // until the table is there to be written to
  const startMs = performance.now();
  const inputs = fillInputs(itemCount);
  const work = clients.map(async (client) => {
    for (const input of inputs) {
      const body = JSON.stringify(input);
      await ask(client, requestBytes({ host, operation: "BatchWriteItem", body }));
    }
  });
  await Promise.race([Promise.all(work), tally.failed]);
  const seconds = (performance.now() - startMs) / 1_000;
  tally.stop();
  for (const client of clients) client.close();
  return { fillPerSecond: itemCount / seconds, itemCount };
}

function openClients(target: Target, count: number, tally: Tally): Promise<HttpClient[]> {
  const opened = Array.from({ length: count }, () => HttpClient.open(target, tally.fail));
  return Promise.all(opened);
}

function ask(client: HttpClient, request: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    client.ask(request, ({ status, body }) => {
      if (status === 200) resolve();
      else reject(new Error(`answered with ${status}: ${body.toString("utf8", 0, 200)}`));
    });
  });
}

async function measureCase(task: ItemsTask, one: ItemsCase): Promise<Figures> {
  const tally = new Tally();
  const stop = await (one.client === "http" ? startRaw : startSdk)(task, one, tally);
  const measured = await Promise.race([measure(task, one, tally), tally.failed]);
  stop();
  return Object.fromEntries(
    Object.entries(measured).map(([name, value]) => [`${one.key}.${name}`, value]),
  );
}

async function measure(task: ItemsTask, one: ItemsCase, tally: Tally): Promise<Figures> {
  await Bun.sleep(one.warmUpSeconds * 1_000);
  const before = tally.deliveryCount;
  tally.startMeasuring();
  const stopUsage = startUsage(task.serverPid);
  await Bun.sleep(task.measureSeconds * 1_000);
  const usage = stopUsage();
  const perSecond = (tally.deliveryCount - before) / usage.seconds;
  const { latenciesMs } = tally.stop();
  const { serverCpu } = usage;
  return {
    ...usage,
    perSecond,
    serverMicroseconds: serverCpu && (serverCpu / perSecond) * 1_000_000,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
  };
}

type Start = (task: ItemsTask, one: ItemsCase, tally: Tally) => Promise<() => void>;

const startRaw: Start = async ({ target, itemCount }, { operation, inFlight }, tally) => {
  const host = `${target.host}:${target.port}`;
  const requests = Array.from({ length: preparedCount }, (_, at) => {
    const body = JSON.stringify(inputOf(operation, ...drawnEdition(at, itemCount)));
    return requestBytes({ host, operation, body });
  });
  const clients = await openClients(target, inFlight, tally);
  let sentCount = 0;
  const next = (client: HttpClient): void => {
    if (!tally.isRunning) return;
    const number = sentCount;
    sentCount += 1;
    const startMs = performance.now();
    client.ask(requests[number % preparedCount]!, ({ status, body }) => {
      tally.deliveryCount += 1;
      tally.sample(performance.now() - startMs);
      if (status !== 200) tally.fail(`${operation} was answered with ${status}: ${body}`);
      if (number % checkedEvery === 0) checkBody(operation, body, tally);
      next(client);
    });
  };
  for (const client of clients) next(client);
  return () => {
    for (const client of clients) client.close();
  };
};

function checkBody(operation: ItemOperation, body: Buffer, tally: Tally): void {
  const complaint = complaintOf(operation, JSON.parse(body.toString()));
  if (complaint) tally.fail(complaint);
}

const startSdk: Start = async ({ target, itemCount }, { operation, inFlight }, tally) => {
  const client = createSdkClient(`http://${target.host}:${target.port}`);
  let count = 0;
  const loop = async (): Promise<void> => {
    while (tally.isRunning) {
      const startMs = performance.now();
      await client.call(operation, ...drawnEdition(count % preparedCount, itemCount));
      count += 1;
      tally.deliveryCount += 1;
      tally.sample(performance.now() - startMs);
    }
  };
  for (let at = 0; at < inFlight; at += 1) {
    loop().catch((error: Error) => tally.fail(`${operation}: ${error.message}`));
  }
  return () => client.close();
};

/**
 * Goes through items in strides, so that neighbours are not asked for together, and then through
 * the same once more, so that every put changes what it replaces: the first time it is another
 * edition of the item, the second time the one that was filled in.
 */
function drawnEdition(at: number, itemCount: number): [number: number, edition: number] {
  const half = preparedCount / 2;
  return [((at % half) * drawStep) % itemCount, at < half ? 1 : 0];
}

await runProgram(run);
