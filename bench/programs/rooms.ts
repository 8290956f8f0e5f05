/**
 * The load of rooms: `bun rooms.ts '<workload as JSON>'`.
 *
 * Connects everyone first, then runs each room's loop, warms up, measures, lets everything that is
 * under way arrive, and prints its figures. It ends with status 1 and a sentence on standard error
 * when a connection is lost, a message is lost or changed, or nothing moves for five seconds.
 */

import { startUsage, type Usage } from "../load/machine.ts";
import { publishSteadily } from "../load/open-loop.ts";
import { inParallel } from "../load/parallel.ts";
import { Room } from "../load/room.ts";
import { quantile, Tally } from "../load/tally.ts";
import type { Workload } from "../load/workload.ts";
import { runProgram } from "./program.ts";

const connectingAtOnce = 50;
const connectSecondsMax = 60;
const stallSeconds = 5;
const arrivalSecondsMax = 5;

export type RoomFigures = Usage & {
  readonly deliveryCount: number;
  readonly deliveriesPerSecond: number;
  /** What the server's CPU spent on each delivery, all of a message's costs shared out. */
  readonly serverMicroseconds?: number;
  readonly sampleCount: number;
  readonly p50Ms: number;
  readonly p99Ms: number;
  readonly p999Ms: number;
  /** How long after its time a message went out, in an open loop: the generator's own fault. */
  readonly lateP99Ms?: number;
};

async function run(workload: Workload): Promise<RoomFigures> {
  const tally = new Tally();
  const work = async (): Promise<RoomFigures> => {
    const rooms = Array.from(
      { length: workload.roomCount },
      (_, index) => new Room({ workload, index, tally }),
    );
    await connectEveryone(rooms, workload.subscribersPerRoom, tally);
    const { pace } = workload;
    if (pace.kind === "rate") publishSteadily(rooms, pace.messagesPerSecond, tally);
    else for (const room of rooms) room.start();
    watchForStall(tally);
    await Bun.sleep(workload.warmUpSeconds * 1_000);
    const figures = await measure(workload, tally);
    await everythingArrives(rooms);
    for (const room of rooms) room.close();
    return figures;
  };
  return Promise.race([work(), tally.failed]);
}

async function connectEveryone(rooms: Room[], perRoom: number, tally: Tally): Promise<void> {
  const timer = setTimeout(
    () => tally.fail(`cannot connect everyone within ${connectSecondsMax} s`),
    connectSecondsMax * 1_000,
  );
  const tasks = rooms.flatMap((room) => [
    () => room.addPublisher(),
    ...Array.from({ length: perRoom }, () => () => room.addSubscriber()),
  ]);
  await inParallel(tasks, connectingAtOnce, (connect) => connect());
  clearTimeout(timer);
}

function watchForStall(tally: Tally): void {
  let before = -1;
  const timer = setInterval(() => {
    if (!tally.isRunning) clearInterval(timer);
    else if (tally.deliveryCount === before) tally.fail(`no delivery for ${stallSeconds} s`);
    before = tally.deliveryCount;
  }, stallSeconds * 1_000);
}

async function measure(workload: Workload, tally: Tally): Promise<RoomFigures> {
  const before = tally.deliveryCount;
  tally.startMeasuring();
  const stopUsage = startUsage(workload.serverPid);
  await Bun.sleep(workload.measureSeconds * 1_000);
  const usage = stopUsage();
  const deliveryCount = tally.deliveryCount - before;
  const { latenciesMs, latenessMs } = tally.stop();
  const deliveriesPerSecond = deliveryCount / usage.seconds;
  const { serverCpu } = usage;
  return {
    ...usage,
    deliveryCount,
    deliveriesPerSecond,
    serverMicroseconds: serverCpu && (serverCpu / deliveriesPerSecond) * 1_000_000,
    sampleCount: latenciesMs.length,
    p50Ms: quantile(latenciesMs, 0.5),
    p99Ms: quantile(latenciesMs, 0.99),
    p999Ms: quantile(latenciesMs, 0.999),
    lateP99Ms: latenessMs.length > 0 ? quantile(latenessMs, 0.99) : undefined,
  };
}

async function everythingArrives(rooms: readonly Room[]): Promise<void> {
  const endMs = performance.now() + arrivalSecondsMax * 1_000;
  while (!rooms.every((room) => room.isDone)) {
    if (performance.now() > endMs) throw new Error("not every message has arrived in the end");
    await Bun.sleep(10);
  }
}

await runProgram(run);
