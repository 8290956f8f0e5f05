import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { dynalite } from "../servers/dynalite.ts";
import { millraceInMemory } from "../servers/millrace.ts";
import { Processes } from "../servers/processes.ts";
import { relay } from "../servers/relay.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-bench-test-"));
const processes = new Processes(folder);
afterAll(async () => {
  await processes.stopAll();
  rmSync(folder, { recursive: true, force: true });
});

const programs = import.meta.dir;

test.each(["tcp", "websocket"] as const)("idle connections answer over %s", async (transport) => {
  const { target } = await relay.start({ processes, folder, transport });
  const task = JSON.stringify({ target, name: "test", addresses: [] });
  const command = [process.execPath, join(programs, "connections.ts"), task];
  const clients = processes.start("clients", command);
  clients.say("connect 30");
  expect(JSON.parse(await clients.nextLine())).toEqual({ connectedCount: 30 });
  clients.say("connect 90");
  expect(JSON.parse(await clients.nextLine())).toEqual({ connectedCount: 120 });
  clients.say("ping");
  const pinged = JSON.parse(await clients.nextLine());
  expect(pinged).toMatchObject({ answeredCount: 120, deliveredCount: 2 });
});

test("clients that come and go are counted", async () => {
  const { target, pid: serverPid } = await relay.start({ processes, folder, transport: "tcp" });
  const seconds = { warmUpSeconds: 0, measureSeconds: 2 };
  const task = JSON.stringify({ target, serverPid, atOnce: 4, ...seconds });
  const command = [process.execPath, join(programs, "connects.ts"), task];
  const clients = processes.start("clients", command);
  expect(JSON.parse(await clients.nextLine()).connectsPerSecond).toBeGreaterThan(0);
});

test.each([true, false])(
  "durable publishes are counted, subscriber online: %p",
  async (isOnline) => {
    const started = await millraceInMemory.start({ processes, folder, transport: "tcp" });
    const { target, pid: serverPid } = started;
    const load = { outstanding: 16, isOnline, messagesMax: 3_000, payloadBytes: 100 };
    const task = JSON.stringify({ target, serverPid, measureSeconds: 2, ...load });
    const command = [process.execPath, join(programs, "durable.ts"), task];
    const figures = JSON.parse(await processes.start("clients", command).nextLine());
    expect(figures.acknowledgedPerSecond).toBeGreaterThan(0);
    expect(figures.p99Ms).toBeGreaterThanOrEqual(figures.p50Ms);
  },
);

test("a server full of filters is measured, and everything owed arrives", async () => {
  const started = await millraceInMemory.start({ processes, folder, transport: "tcp" });
  const { target, pid: serverPid } = started;
  const seconds = { subscribeSecondsMax: 10, settleSeconds: 0, warmUpSeconds: 0 };
  const load = { subscriptionCount: 1_000, measureSeconds: 2, ...seconds };
  const task = JSON.stringify({ target, serverPid, ...load });
  const command = [process.execPath, join(programs, "matching.ts"), task];
  const figures = JSON.parse(await processes.start("clients", command).nextLine());
  expect(figures.freshPerSecond).toBeGreaterThan(0);
  expect(figures.repeatedPerSecond).toBeGreaterThan(0);
});

test.each([millraceInMemory, dynalite])("items of $name are put, got and found", async (peer) => {
  const started = await peer.start({ processes, folder, transport: "tcp", tables: true });
  const { target, pid: serverPid } = started;
  const cases = (["http", "sdk"] as const).flatMap((client) =>
    (["PutItem", "GetItem", "Query"] as const).map((operation) => ({
      key: `${client}-${operation}`,
      client,
      operation,
      inFlight: 4,
    })),
  );
  const seconds = { warmUpSeconds: 0, measureSeconds: 0.5 };
  const task = JSON.stringify({ target, serverPid, itemCount: 1_000, cases, ...seconds });
  const command = [process.execPath, join(programs, "items.ts"), task];
  const clients = processes.start("clients", command);
  expect(JSON.parse(await clients.nextLine(60))).toMatchObject({ itemCount: 1_000 });
  for (const { key } of cases) {
    expect(JSON.parse(await clients.nextLine())[`${key}.perSecond`]).toBeGreaterThan(0);
  }
});
