/**
 * What is retained after a storm: a client that nobody knows asks for all of it.
 *
 * Each topic has one publisher, so its last acknowledged message is the one that must be there. A
 * later one that its publisher gave up may have come through; an empty one leaves nothing.
 */

import type { World } from "./client.ts";
import { keyIn, type Message } from "./history.ts";
import { Line } from "./line.ts";
import type { Random } from "./random.ts";

const nothing = "nothing";
const auditMsMax = 10_000;

/** Adds a violation for each topic that has something else, or nothing where something must be. */
export async function auditRetained(world: World, random: Random, name: string): Promise<void> {
  const { history, addresses } = world;
  const allowed = allowedByTopic([...history.messages.values()].filter(({ retain }) => retain));
  const found = new Map<string, string>();
  const isRight = (topic: string) => allowed.get(topic)?.has(found.get(topic) ?? nothing) ?? false;
  const pong = Promise.withResolvers<void>();
  const line = await Line.open({
    url: addresses.mqtt,
    random,
    receive(packet) {
      if (packet.type === "publish") {
        found.set(packet.topic, keyIn(packet.payload) ?? "?");
        history.note(name, `< publish retained ${packet.topic}`, keyIn(packet.payload));
        const { packetId = 0 } = packet;
        if (packet.qos > 0) line?.send({ type: packet.qos === 1 ? "puback" : "pubrec", packetId });
      }
      if (packet.type === "pubrel") line?.send({ type: "pubcomp", packetId: packet.packetId });
      if (packet.type === "pingresp") pong.resolve();
    },
    malformed: (message) => history.violate("well-formed packets", message, [name]),
  });
  if (!line) {
    history.violate("retained", "no connection to ask for it", [name]);
    return;
  }
  line.send({
    type: "connect",
    protocolLevel: 4,
    cleanSession: true,
    keepAliveSeconds: 60,
    clientId: name,
  });
  line.send({ type: "subscribe", packetId: 1, subscriptions: [{ filter: "kept/#", qos: 2 }] });
  const endMs = performance.now() + auditMsMax;
  while (![...allowed.keys()].every(isRight) && performance.now() < endMs) await Bun.sleep(20);
  // Whatever else is retained comes before the answer to this.
  line.send({ type: "pingreq" });
  await Promise.race([pong.promise, line.closed]);
  line.send({ type: "disconnect" });
  line.cut("leave");
  for (const topic of new Set([...allowed.keys(), ...found.keys()])) {
    if (isRight(topic)) continue;
    const text = `"${topic}" has ${found.get(topic) ?? nothing}`;
    const wanted = [...(allowed.get(topic) ?? [nothing])];
    history.violate("retained", `${text}, not ${wanted.join(" or ")}`, [name, ...wanted]);
  }
}

/** By topic, the keys of what may be there. */
function allowedByTopic(messages: readonly Message[]): Map<string, Set<string>> {
  const allowed = new Map<string, Set<string>>();
  for (const { topic, key, payload, ownedAt } of messages) {
    const kept = payload.length > 0 ? key : nothing;
    const before = allowed.get(topic) ?? new Set([nothing]);
    if (ownedAt > 0) before.clear();
    allowed.set(topic, before.add(kept));
  }
  return allowed;
}
