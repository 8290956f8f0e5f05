import { expect, test } from "bun:test";
import { compareFanOut, type FanOutOptions } from "./fan-out.ts";
import type { Scenario } from "./scenarios/scenario.ts";
import type { Peer } from "./servers/peer.ts";
import { relay } from "./servers/relay.ts";

const scenario: Scenario = { name: "small", roomCount: 3, subscribersPerRoom: 4, window: 2 };

const options: FanOutOptions = {
  scenarios: [scenario],
  peers: [relay],
  roundCount: 1,
  measureSeconds: 0.2,
  transport: "tcp",
  progress: () => {},
};

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
    const port = Number(await started.firstLine());
    return { target: { transport, host: "127.0.0.1", port, path: "" }, pid: started.pid };
  },
};

test("a relay is measured: messages arrive in order, and are counted", async () => {
  const [result] = await compareFanOut(options);
  const [measured] = result!.peers;
  expect(measured!.problem).toBeUndefined();
  const [round] = measured!.rounds;
  expect(round!.deliveryCount).toBeGreaterThan(0);
  expect(round!.sampleCount).toBeGreaterThan(0);
  expect(round!.p99Ms).toBeGreaterThanOrEqual(round!.p50Ms);
});

test("a peer that cannot take part is named, and one that fails stops nobody", async () => {
  const absent: Peer = { ...relay, name: "absent", objection: () => "not installed" };
  const [result] = await compareFanOut({ ...options, peers: [absent, refusing, relay] });
  const [first, second, third] = result!.peers;
  expect(first).toMatchObject({ rounds: [], problem: "not installed", failed: false });
  expect(second!.problem).toContain("the server closed a connection");
  expect(second!.failed).toBe(true);
  expect(third!.rounds).toHaveLength(1);
}, 20_000);
