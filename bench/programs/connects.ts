/**
 * Clients that come and go: `bun connects.ts '<task as JSON>'`.
 *
 * So many at a time, each in a loop: a socket, CONNECT, the wait for CONNACK, DISCONNECT, and the
 * socket closed. Counted is what has had its CONNACK.
 */

import { disconnectBytes } from "@millrace/mqtt";
import { takeAddresses } from "../load/addresses.ts";
import { connectClient } from "../load/client.ts";
import { startUsage, type Usage } from "../load/machine.ts";
import { quantile, Tally } from "../load/tally.ts";
import type { Target } from "../load/workload.ts";
import { runProgram } from "./program.ts";

/** So many that their ports last for a minute, after which they are free again. */
const addresses = takeAddresses(1_000_000);

export interface ConnectsTask {
  readonly target: Target;
  readonly serverPid: number;
  readonly atOnce: number;
  readonly warmUpSeconds: number;
  readonly measureSeconds: number;
}

export type ConnectsFigures = Usage & {
  readonly connectsPerSecond: number;
  readonly serverMicroseconds?: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
};

async function run(task: ConnectsTask): Promise<ConnectsFigures> {
  const tally = new Tally();
  let count = 0;
  const comeAndGo = async (): Promise<void> => {
    while (tally.isRunning) {
      const startMs = performance.now();
      const number = count;
      count += 1;
      const connection = await connectClient({
        target: task.target,
        level: 4,
        clientId: `bench-${number}`,
        lost: tally.fail,
        from: addresses[number % addresses.length],
      });
      tally.deliveryCount += 1;
      tally.sample(performance.now() - startMs);
      connection.send(disconnectBytes);
      connection.close();
    }
  };
  const everyone = Promise.all(Array.from({ length: task.atOnce }, comeAndGo));
  const figures = await Promise.race([measure(task, tally), tally.failed, everyone]);
  return figures as ConnectsFigures;
}

async function measure(task: ConnectsTask, tally: Tally): Promise<ConnectsFigures> {
  await Bun.sleep(task.warmUpSeconds * 1_000);
  const before = tally.deliveryCount;
  tally.startMeasuring();
  const stopUsage = startUsage(task.serverPid);
  await Bun.sleep(task.measureSeconds * 1_000);
  const usage = stopUsage();
  const connectsPerSecond = (tally.deliveryCount - before) / usage.seconds;
  const { latenciesMs } = tally.stop();
  const { serverCpu } = usage;
  return {
    ...usage,
    connectsPerSecond,
    serverMicroseconds: serverCpu && (serverCpu / connectsPerSecond) * 1_000_000,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
  };
}

await runProgram(run);
