import { expect, test } from "bun:test";
import { textOf, utf8 } from "../base/mod.ts";
import { type Client, openBroker, publish, settled, subscribe } from "./broker-fixture.ts";
import type { Access } from "./message.ts";
import { awsLimits } from "./presets/aws.ts";
import { mqttLimits } from "./presets/mqtt.ts";

const access: Access = {
  mayPublish: (topic) => topic !== "forbidden",
  maySubscribe: (filter) => filter !== "forbidden",
  mayReceive: () => true,
};

async function openWatched(limits = mqttLimits, more = {}) {
  const wills: string[] = [];
  const taps = [
    ({ topic, payload }: { topic: string; payload: Uint8Array }) => {
      if (topic === "gone") wills.push(textOf(payload));
      return undefined;
    },
  ];
  const admit = () => ({ allowed: true, principal: "tester", access }) as const;
  const house = await openBroker({ limits, taps, admit, ...more });
  const will = { topic: "gone", payload: utf8("will"), qos: 1, retain: false } as const;
  const joinWithWill = (connect = {}) =>
    house.join("ann", { will, keepAliveSeconds: 60, ...connect });
  return { ...house, wills, joinWithWill };
}

type House = Awaited<ReturnType<typeof openWatched>>;
interface End {
  readonly reason: string;
  readonly how: string;
  readonly act: (client: Client, house: House) => unknown;
  readonly will?: "kept back";
  readonly connect?: object;
  readonly limits?: typeof mqttLimits;
}

const five = { protocolLevel: 5 };
const outside = { cleanSession: false, preventWill: false };

const ends: readonly End[] = [
  {
    reason: "CLIENT_INITIATED_DISCONNECT",
    how: "DISCONNECT",
    act: (client) => client.send({ type: "disconnect" }),
    will: "kept back",
  },
  {
    reason: "CLIENT_INITIATED_DISCONNECT",
    how: "DISCONNECT that asks for the will",
    connect: five,
    act: (client) => client.send({ type: "disconnect", reasonCode: 0x04 }),
  },
  {
    reason: "CLIENT_INITIATED_DISCONNECT",
    how: "a Close frame, as the standard has it",
    act: (client) => client.leave(),
  },
  {
    reason: "CLIENT_INITIATED_DISCONNECT",
    how: "a Close frame, as AWS IoT has it",
    limits: awsLimits,
    act: (client) => client.leave(),
    will: "kept back",
  },
  {
    reason: "CLIENT_ERROR",
    how: "a second CONNECT",
    act: (client) =>
      client.send({
        type: "connect",
        clientId: "ann",
        cleanSession: true,
        keepAliveSeconds: 0,
        protocolLevel: 4,
      }),
  },
  { reason: "CLIENT_ERROR", how: "a malformed packet", act: (client) => client.sendBytes("c1 00") },
  {
    reason: "CLIENT_ERROR",
    how: "a payload that is too large",
    connect: five,
    limits: awsLimits,
    act: (client) => {
      const text = "x".repeat(awsLimits.payloadBytesMax + 1);
      client.send(publish("a", text, { qos: 1, packetId: 1 }));
    },
  },
  {
    reason: "AUTH_ERROR",
    how: "a publish that is not allowed",
    act: (client) => client.send(publish("forbidden", "x")),
  },
  {
    reason: "AUTH_ERROR",
    how: "a subscription that is not allowed, of 3.1.1 on AWS IoT",
    limits: awsLimits,
    act: (client) => client.send(subscribe("forbidden")),
  },
  { reason: "CONNECTION_LOST", how: "a cut", act: (client) => client.vanish() },
  { reason: "DUPLICATE_CLIENTID", how: "another one", act: (_, { join }) => join("ann") },
  {
    reason: "MQTT_KEEP_ALIVE_TIMEOUT",
    how: "silence",
    act: (_, { clock }) => clock.advance(92_000),
  },
  {
    reason: "SERVER_ERROR",
    how: "a disk that fails",
    act: async (client, { records }) => {
      await records.close();
      client.send(publish("a", "x", { qos: 1, packetId: 1, retain: true }));
      await settled();
    },
  },
  { reason: "SERVER_INITIATED_DISCONNECT", how: "an end", act: (_, { broker }) => broker.close() },
  {
    reason: "API_INITIATED_DISCONNECT",
    how: "a call",
    act: (_, { broker }) => broker.disconnect("ann", outside),
  },
  {
    reason: "API_INITIATED_DISCONNECT",
    how: "a call that prevents the will",
    act: (_, { broker }) => broker.disconnect("ann", { ...outside, preventWill: true }),
    will: "kept back",
  },
  {
    reason: "THROTTLED",
    how: "never reading an answer",
    act: (client) => {
      client.writable = false;
      for (let round = 0; round < 66; round += 1) client.sendBytes("c000".repeat(1000));
    },
  },
];

test.each(ends.map((end) => [end.reason, end.how, end] as const))(
  "%s is the reason after %s",
  async (reason, _how, { act, connect, limits, will }) => {
    const house = await openWatched(limits);
    const client = house.joinWithWill(connect);
    await act(client, house);
    expect(house.events).toContain(`-ann ${reason}`);
    expect(house.events.filter((event) => event.startsWith("-ann"))).toHaveLength(1);
    expect(house.wills).toEqual(will ? [] : ["will"]);
  },
);

test("a CONNECT or a will that is not allowed fails, and was never connected", async () => {
  const admit = ({ clientId }: { clientId: string }) =>
    clientId === "eve"
      ? ({ allowed: false } as const)
      : ({ allowed: true, principal: "tester", access } as const);
  const { join, events } = await openWatched(mqttLimits, { admit });
  join("eve");
  join("ann", {
    will: { topic: "forbidden", payload: utf8("x"), qos: 0, retain: false },
  });
  join("ben");
  expect(events).toEqual(["!eve", "!ann", "+ben v0"]);
});

test("what was granted is told as subscribed, and every filter left as unsubscribed", async () => {
  const { join, events } = await openBroker();
  const ann = join("ann").send({
    type: "subscribe",
    packetId: 1,
    subscriptions: [
      { filter: "room/1/#", qos: 1 },
      { filter: "#/no", qos: 1 },
      { filter: "in", qos: 0 },
    ],
  });
  ann.send({ type: "unsubscribe", packetId: 2, filters: ["in", "room/1/#"] });
  expect(events.slice(1)).toEqual(["ann to room/1/#,in", "ann from in,room/1/#"]);
  ann.vanish();
  expect(events.slice(3)).toEqual(["-ann CONNECTION_LOST"]);
});

test("versions grow with each connection of a client id, on a session or without one", async () => {
  const { join, events } = await openBroker();
  join("ann").vanish();
  join("ann", { cleanSession: false });
  join("ann", { cleanSession: false }).vanish();
  join("ann");
  join("ben");
  const connected = events.filter((event) => event.startsWith("+"));
  expect(connected).toEqual(["+ann v0", "+ann v1", "+ann v2", "+ann v3", "+ben v0"]);
});

test("versions begin anew an hour after a client has left, unless its session is kept", async () => {
  const { join, events, clock } = await openBroker();
  const kept = (seconds: number) => ({
    protocolLevel: 5,
    cleanSession: false,
    properties: { sessionExpiryInterval: seconds },
  });
  const leave = (clientId: string, more = {}) => join(clientId, more).vanish();
  const all = () => {
    leave("short", kept(60));
    leave("long", kept(86_400));
    leave("clean");
    return events.filter((event) => event.startsWith("+")).slice(-3);
  };
  all();
  clock.advance(3_599_000);
  expect(all()).toEqual(["+short v1", "+long v1", "+clean v1"]);
  clock.advance(3_600_000);
  expect(all()).toEqual(["+short v0", "+long v2", "+clean v0"]);
});

test("a kept session knows over a restart how often its client connected, and why it left", async () => {
  const { join, records, clock } = await openBroker();
  const durable = { cleanSession: false };
  join("ann", durable).vanish();
  join("ann", durable).send({ type: "disconnect" });
  join("ben", durable);
  await settled();
  const leftAtMs = clock.now();
  clock.advance(1000);

  const second = await openBroker({ records, clock });
  expect(second.broker.clientState("ann")?.left).toEqual({
    atMs: leftAtMs,
    reason: "CLIENT_INITIATED_DISCONNECT",
  });
  expect(second.broker.clientState("ben")?.left).toBeUndefined();
  second.join("ann", durable);
  second.join("ben", durable);
  expect(second.events).toEqual(["+ann v2", "+ben v1"]);
});

test.each([
  ["that has its principal to itself is told", true, "lamp"],
  ["that shares its principal is not told", false, undefined],
])("the thing %s with what its connection does", async (_, isExclusive, told) => {
  const names: (string | undefined)[] = [];
  const note = ({ thingName }: { thingName?: string | undefined }) => void names.push(thingName);
  const observer = {
    connected: note,
    connectFailed: note,
    disconnected: note,
    subscribed: note,
    unsubscribed: note,
  };
  const thing = { name: "lamp", isExclusive };
  const admit = ({ clientId: principal }: { clientId: string }) =>
    principal === "evil"
      ? ({ allowed: false, principal, thing } as const)
      : ({ allowed: true, principal, thing } as const);
  const { join, broker } = await openBroker({ observer, admit });
  join("evil");
  const ann = join("ann").send(subscribe("a"));
  expect(broker.clientState("ann")?.connection?.thingName).toBe("lamp");
  ann.send({ type: "unsubscribe", packetId: 8, filters: ["a"] }).vanish();
  expect(names).toEqual(Array(5).fill(told));
});
