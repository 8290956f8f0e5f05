import { afterAll, expect, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Subject } from "../report/section.ts";
import type { Needs, Peer } from "../servers/peer.ts";
import { Processes } from "../servers/processes.ts";
import { relay } from "../servers/relay.ts";
import { loadRooms } from "./fan-out.ts";
import { compare, type Laboratory, type Trial } from "./rounds.ts";

const folder = mkdtempSync(join(tmpdir(), "millrace-bench-test-"));
const laboratory: Laboratory = {
  processes: new Processes(folder),
  folder,
  peers: [relay],
  roundCount: 1,
  progress: () => {},
};
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const subject: Subject = {
  benchmark: "small",
  group: "together",
  name: "small",
  description: "3 rooms of 4",
  columns: [{ key: "deliveriesPerSecond", heading: "deliveries/s", show: "count" }],
  goals: [],
};

const window = { kind: "window", outstanding: 2 } as const;

function trial(needs: Needs, pace: Parameters<typeof loadRooms>[0]["pace"] = window): Trial {
  const scenario = { name: "small", roomCount: 3, subscribersPerRoom: 4, window: 2 };
  const measure: Trial["measure"] = (running) =>
    loadRooms(
      { running, manner: needs, scenario, pace, measureSeconds: 0.2 },
      laboratory.processes,
    );
  return { subject, needs, measure };
}

const plain = { transport: "tcp", level: 4, qos: 0 } as const;

const refusing: Peer = {
  ...relay,
  name: "refusing",
  start: async ({ processes, transport }) => {
    const program = `
      const listener = Bun.listen({ hostname: "127.0.0.1", port: 0, socket: {
        data: (socket) => socket.end(),
      }});
      console.log(listener.port);`;
    const started = processes.start("refusing", [process.execPath, "-e", program]);
    const port = Number(await started.nextLine());
    return { target: { transport, host: "127.0.0.1", port, path: "" }, pid: started.pid };
  },
};

test.each([
  plain,
  { transport: "websocket", level: 4, qos: 1 },
  { transport: "tcp", level: 5, qos: 1 },
  { transport: "websocket", level: 5, qos: 0 },
] as const)("rooms are measured: %j", async (needs) => {
  const { peers } = await compare(trial(needs), laboratory);
  expect(peers[0]!.problem).toBeUndefined();
  const [round] = peers[0]!.rounds;
  expect(round!.deliveryCount).toBeGreaterThan(0);
  expect(round!.sampleCount).toBeGreaterThan(0);
  expect(round!.p99Ms).toBeGreaterThanOrEqual(round!.p50Ms!);
});

test("an open loop sends what its rate says", async () => {
  const rate = { kind: "rate", messagesPerSecond: 500 } as const;
  const { peers } = await compare(trial(plain, rate), laboratory);
  expect(peers[0]!.problem).toBeUndefined();
  const [round] = peers[0]!.rounds;
  expect(round!.lateP99Ms).toBeGreaterThanOrEqual(0);
  expect(round!.deliveryCount).toBeGreaterThan(0);
  expect(round!.deliveryCount).toBeLessThan(4 * 500);
});

test("a peer that cannot take part is named, and one that fails stops nobody", async () => {
  const absent: Peer = { ...relay, name: "absent", objection: () => "not installed" };
  const peers = [absent, refusing, relay];
  const section = await compare(trial(plain), { ...laboratory, peers });
  const [first, second, third] = section.peers;
  expect(first).toMatchObject({ rounds: [], problem: "not installed", failed: false });
  expect(second!.problem).toContain("the server closed a connection");
  expect(second!.failed).toBe(true);
  expect(third!.rounds).toHaveLength(1);
}, 20_000);
