import { describe, expect, test } from "bun:test";
import type { Admission } from "./admission.ts";
import { Client, openBroker, publish, settled, subscribe } from "./broker-fixture.ts";

/** `guest-...` may hear all but `secret`, all others everything; asked for each topic. */
function guarded() {
  const asked: string[] = [];
  const access = {
    mayPublish: () => true,
    maySubscribe: () => true,
    mayReceive(topic: string) {
      asked.push(topic);
      return topic !== "secret";
    },
  };
  const admit: Admission = ({ clientId }) => {
    const more = clientId.startsWith("guest") ? { access } : {};
    return { allowed: true, principal: "p", ...more };
  };
  return { asked, admit };
}

const small = { protocolLevel: 5, properties: { maximumPacketSize: 1_000 } } as const;

describe("clients whose policies alone set them apart", () => {
  test.each([0, 1] as const)("QoS %p: hear what they may, once, as others do", async (qos) => {
    const { asked, admit } = guarded();
    const { broker, join } = await openBroker({ admit });
    const clients = [
      join("plain").send(subscribe("#", qos)),
      join("guest").send(subscribe("#", qos)),
      join("guest5", { protocolLevel: 5 }).send(subscribe("#", qos)),
      join("guest5-small", small).send(subscribe("#", qos)),
      join("guest-twice").send(subscribe("#", qos), subscribe("+", qos)),
    ];
    const speaker = join("speaker");
    for (const topic of ["room", "secret", "other"]) {
      speaker.send(publish(topic, topic, { qos, ...(qos === 1 && { packetId: 1 }) }));
    }
    await settled();
    const heard = clients.map(({ texts }) => texts);
    const allowed = ["room", "other"];
    expect(heard).toEqual([["room", "secret", "other"], allowed, allowed, allowed, allowed]);
    expect(broker.counters.dropped["not-authorized"]).toBeGreaterThanOrEqual(4);
    expect(new Set(asked)).toEqual(new Set(["room", "secret", "other"]));
  });
});

test("whom the door has found behind a socket decides, not the broker's own admission", async () => {
  const { broker, events } = await openBroker({ admit: () => ({ allowed: false }) });
  const seen: object[] = [];
  class Known extends Client {
    readonly admit: Admission = (facts) => {
      seen.push(facts);
      return facts.clientId === "mine"
        ? { allowed: true, principal: "ann" }
        : { allowed: false, principal: "ann" };
    };
  }
  const connect = { type: "connect", protocolLevel: 4, keepAliveSeconds: 0 } as const;
  const will = { topic: "gone", payload: new Uint8Array(), qos: 0, retain: false } as const;
  new Known(broker).send({ ...connect, clientId: "mine", cleanSession: false });
  new Known(broker).send({ ...connect, clientId: "other", cleanSession: true, will });
  new Client(broker).send({ ...connect, clientId: "mine", cleanSession: true });
  await settled();
  expect(events).toEqual(["+mine v0", "!other", "!mine"]);
  expect(seen).toMatchObject([
    { clientId: "mine", persistent: true, willTopic: undefined },
    { clientId: "other", persistent: false, willTopic: "gone" },
  ]);
});
