import { expect, test } from "bun:test";
import { encode, reasonCodes } from "@millrace/mqtt";
import type { Admission, AdmissionVerdict, Admitted } from "./admission.ts";
import { openBroker, publish, settled, subscribe, WebSocketClient } from "./broker-fixture.ts";
import type { DisconnectReason } from "./lifecycle.ts";
import { awsLimits } from "./presets/aws.ts";
import { mqttLimits } from "./presets/mqtt.ts";

/** A door that answers when it is told to. */
function askingDoor() {
  const answers: ((verdict: AdmissionVerdict) => void)[] = [];
  const admit: Admission = () => new Promise((resolve) => answers.push(resolve));
  const answer = async (verdict: AdmissionVerdict) => {
    answers.shift()!(verdict);
    await settled();
  };
  return { admit, answer };
}

const welcome: Admitted = { allowed: true, principal: "p" };

const connect5 = {
  type: "connect",
  protocolLevel: 5,
  clientId: "ann",
  cleanSession: true,
  keepAliveSeconds: 0,
} as const;

test("what a client sends while the door asks is done after its CONNACK, in order", async () => {
  const { admit, answer } = askingDoor();
  const { join, broker } = await openBroker({ admit });
  const ann = join("ann").send(subscribe("a", 1), publish("a", "first"), publish("a", "second"));
  expect(ann.received).toEqual([]);
  expect(ann.paused).toBe(true);
  await answer(welcome);
  expect(ann.paused).toBe(false);
  expect(ann.types()).toEqual(["connack", "suback", "publish", "publish"]);
  expect(ann.texts).toEqual(["first", "second"]);
  expect(broker.counters.packetsIn).toBe(4);
});

test("what waits has bytes of its own", async () => {
  const { admit, answer } = askingDoor();
  const { join } = await openBroker({ admit });
  const ann = join("ann").send(subscribe("#"));
  const wire = encode(publish("a", "old"), 4);
  ann.sendBytes(wire);
  wire.fill(0x78); // as the next read does
  await answer(welcome);
  expect(ann.texts).toEqual(["old"]);
});

test("more than is kept while the door asks ends the connection", async () => {
  const { admit, answer } = askingDoor();
  const { join, broker } = await openBroker({ admit });
  const ann = join("ann");
  for (let count = 0; count <= 1000; count += 1) ann.send({ type: "pingreq" });
  expect(ann.ended).toBe(true);
  await answer(welcome);
  expect(broker.sessions.size).toBe(0);
});

test("so does more than is kept in bytes", async () => {
  const { admit, answer } = askingDoor();
  const limits = { ...mqttLimits, packetBytesMax: 100 };
  const { join, broker } = await openBroker({ admit, limits });
  const ann = join("ann").send(subscribe("a".repeat(60)));
  expect(ann.ended).toBe(false);
  ann.send(subscribe("b".repeat(60)));
  expect(ann.ended).toBe(true);
  await answer(welcome);
  expect(broker.sessions.size).toBe(0);
});

test("a client that is gone when the answer comes does not come in", async () => {
  const { admit, answer } = askingDoor();
  const { join, events, broker } = await openBroker({ admit });
  const ann = join("ann");
  ann.vanish();
  await answer(welcome);
  expect(events).toEqual([]);
  expect(broker.sessions.size).toBe(0);
});

test("the time to connect does not run while the door asks", async () => {
  const { admit, answer } = askingDoor();
  const { join, clock } = await openBroker({
    admit,
    limits: { ...mqttLimits, connectSecondsMax: 1 },
  });
  const ann = join("ann");
  clock.advance(5000);
  await answer(welcome);
  expect(ann.types()).toEqual(["connack"]);
  clock.advance(5000);
  expect(ann.ended).toBe(false);
});

test.each([
  ["notAuthorized", reasonCodes.notAuthorized, 5],
  ["credentials", reasonCodes.badUserNameOrPassword, 4],
  ["tries", reasonCodes.connectionRateExceeded, 3],
] as const)("who is refused for %s is told so in each version", async (why, five, four) => {
  const { join, events } = await openBroker({
    admit: async () => ({ allowed: false, why }),
  });
  for (const [protocolLevel, returnCode] of [
    [5, five],
    [4, four],
    [3, four],
  ] as const) {
    const client = join("ann", { protocolLevel });
    await settled();
    expect(client.received).toMatchObject([{ type: "connack", returnCode }]);
    expect(client.ended).toBe(true);
  }
  expect(events).toEqual(["!ann", "!ann", "!ann"]);
});

test("who was let in for some time is let go when it is over", async () => {
  const life = { seconds: 300, reason: "CUSTOMAUTH_TTL_EXPIRATION" } as const;
  const { join, clock, events } = await openBroker({ admit: () => ({ ...welcome, life }) });
  const ann = join("ann", { protocolLevel: 5 });
  clock.advance(299_000);
  expect(ann.ended).toBe(false);
  clock.advance(2_000);
  const reasonCode = reasonCodes.maximumConnectTime;
  expect(ann.received.at(-1)).toMatchObject({ type: "disconnect", reasonCode });
  expect(events).toEqual(["+ann v0", "-ann CUSTOMAUTH_TTL_EXPIRATION"]);
});

test("a WebSocket lasts a day with AWS's limits, however it is used", async () => {
  const { broker, clock, events, join } = await openBroker({ limits: awsLimits });
  const ann = new WebSocketClient(broker, 5).send({ ...connect5, keepAliveSeconds: 1200 });
  const overTcp = join("ben", { protocolLevel: 5, keepAliveSeconds: 1200 });
  for (let quarters = 0; quarters < 95; quarters += 1) {
    clock.advance(900_000);
    for (const client of [ann, overTcp]) client.send({ type: "pingreq" });
  }
  expect(ann.ended).toBe(false);
  clock.advance(901_000);
  expect(ann.ended).toBe(true);
  expect(events.at(-1)).toBe("-ann WEBSOCKET_TTL_EXPIRATION");
  expect(overTcp.ended).toBe(false);
  expect(broker.counters.bounds.webSocketSecondsMax).toBe(1);
});

test("whoever let a client in may end it, and hears when it has ended", async () => {
  const told: string[] = [];
  let end: (reason: DisconnectReason) => void = () => {};
  const watch: Admitted["watch"] = (ending) => {
    end = ending;
    told.push("open");
    return () => told.push("ended");
  };
  const { join, events } = await openBroker({ admit: () => ({ ...welcome, watch }) });
  const ann = join("ann", { protocolLevel: 5 });
  expect(told).toEqual(["open"]);
  end("AUTH_ERROR");
  const reasonCode = reasonCodes.notAuthorized;
  expect(ann.received.at(-1)).toMatchObject({ type: "disconnect", reasonCode });
  expect(events).toEqual(["+ann v0", "-ann AUTH_ERROR"]);
  expect(told).toEqual(["open", "ended"]);
  join("ben").vanish();
  expect(told).toEqual(["open", "ended", "open", "ended"]);
});

test("a door learns whether the client has sent the id that it is called by", async () => {
  const asked: object[] = [];
  const admit: Admission = ({ clientId, isAssignedId }) => {
    asked.push({ clientId, isAssignedId });
    return welcome;
  };
  const { broker } = await openBroker({ admit });
  new WebSocketClient(broker, 5).send({ ...connect5, clientId: "" });
  new WebSocketClient(broker, 5).send(connect5);
  expect(asked).toEqual([
    { clientId: expect.stringMatching(/^\$GEN\//), isAssignedId: true },
    { clientId: "ann", isAssignedId: false },
  ]);
});
