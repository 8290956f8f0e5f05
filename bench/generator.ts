/**
 * The load generator, a process of its own: `bun generator.ts '<workload as JSON>'`.
 *
 * Connects everyone first, then runs a closed loop in each room, warms up, measures, and prints
 * one `Measurement` as JSON. It ends with status 1 and a sentence on standard error when a
 * connection is lost, a message is lost or changed, or nothing moves for five seconds.
 */

import { busySeconds, processorSeconds, residentMegabytes } from "./load/machine.ts";
import { Room } from "./load/room.ts";
import { quantile, Tally } from "./load/tally.ts";
import type { Measurement, Workload } from "./load/workload.ts";

const connectingAtOnce = 50;
const stallSeconds = 5;
const connectSecondsMax = 30;

async function run(workload: Workload): Promise<Measurement> {
  const tally = new Tally();
  process.on("uncaughtException", (error) => tally.fail(error.message));
  const work = async (): Promise<Measurement> => {
    const rooms = Array.from(
      { length: workload.roomCount },
      (_, index) => new Room({ workload, index, tally }),
    );
    await connectEveryone(rooms, workload.subscribersPerRoom, tally);
    for (const room of rooms) room.start();
    watchForStall(tally);
    await Bun.sleep(workload.warmUpSeconds * 1_000);
    const measurement = await measure(workload, tally);
    for (const room of rooms) room.close();
    return measurement;
  };
  return Promise.race([work(), tally.failed]);
}

async function connectEveryone(rooms: Room[], perRoom: number, tally: Tally): Promise<void> {
  const seconds = `${connectSecondsMax} s`;
  const timer = setTimeout(
    () => tally.fail(`cannot connect everyone within ${seconds}`),
    connectSecondsMax * 1_000,
  );
  const tasks = rooms.flatMap((room) => [
    () => room.addPublisher(),
    ...Array.from({ length: perRoom }, () => () => room.addSubscriber()),
  ]);
  const workers = Array.from({ length: connectingAtOnce }, async () => {
    for (let task = tasks.pop(); task; task = tasks.pop()) await task();
  });
  await Promise.all(workers);
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

async function measure(workload: Workload, tally: Tally): Promise<Measurement> {
  const { serverPid, measureSeconds } = workload;
  const before = { ...clocks(serverPid), deliveryCount: tally.deliveryCount };
  tally.startMeasuring();
  await Bun.sleep(measureSeconds * 1_000);
  const after = { ...clocks(serverPid), deliveryCount: tally.deliveryCount };
  const samples = tally.stop();
  const seconds = after.seconds - before.seconds;
  const share = (clock: keyof typeof before) => (after[clock] - before[clock]) / seconds;
  const [generatorCpu, serverCpu] = [share("generator"), share("server")];
  return {
    seconds,
    deliveryCount: after.deliveryCount - before.deliveryCount,
    deliveriesPerSecond: share("deliveryCount"),
    sampleCount: samples.length,
    p50Ms: quantile(samples, 0.5),
    p99Ms: quantile(samples, 0.99),
    generatorCpu,
    serverCpu: finite(serverCpu),
    othersCpu: finite(share("machine") - generatorCpu - serverCpu),
    serverMegabytes: residentMegabytes(serverPid),
  };
}

/** Seconds on each clock that is read at both ends; NaN where there is none. */
function clocks(serverPid: number) {
  const { user, system } = process.cpuUsage();
  return {
    seconds: performance.now() / 1_000,
    generator: (user + system) / 1_000_000,
    server: processorSeconds(serverPid) ?? Number.NaN,
    machine: busySeconds() ?? Number.NaN,
  };
}

function finite(value: number): number | undefined {
  return Number.isFinite(value) ? value : undefined;
}

try {
  console.log(JSON.stringify(await run(JSON.parse(process.argv[2]!) as Workload)));
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}
