/**
 * What a durable session is sent again: over connections, and over a server that is killed at the
 * one moment that matters. `conformance/storm` finds such moments by chance; here they are made.
 */

import { afterAll, beforeAll, expect, setDefaultTimeout, test } from "bun:test";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Publish, Qos } from "@millrace/mqtt";
import { type Server, startServer } from "../harness.ts";
import { Talker } from "./talker.ts";

setDefaultTimeout(60_000);

const template = "bench/empty-template.yaml";
const dataFolder = mkdtempSync(join(tmpdir(), "millrace-redelivery-"));
let server: Server;

beforeAll(async () => {
  server = await startServer({ template, dataFolder });
});

afterAll(async () => {
  await server.stop();
  rmSync(dataFolder, { recursive: true });
});

async function crash() {
  await server.kill();
  server = await startServer({ template, dataFolder, at: server });
}

/** A client with a durable session. */
async function enter(clientId: string) {
  const talker = await Talker.connect(server.mqtt, { clientId, cleanSession: false });
  const { sessionPresent } = await talker.hear("connack");
  return { talker, sessionPresent };
}

async function subscribe(talker: Talker, filter: string, qos: Qos) {
  talker.send({ type: "subscribe", packetId: 1, subscriptions: [{ filter, qos }] });
  await talker.hear("suback");
}

function publish(topic: string, text: string, qos: Qos, rest: Partial<Publish> = {}): Publish {
  const payload = new TextEncoder().encode(text);
  return { type: "publish", topic, payload, qos, retain: false, dup: false, packetId: 1, ...rest };
}

/** Published, and acknowledged as far as it goes. */
async function say(talker: Talker, message: Publish) {
  talker.send(message);
  if (message.qos === 1) await talker.hear("puback");
  else {
    const { packetId } = await talker.hear("pubrec");
    talker.send({ type: "pubrel", packetId });
    await talker.hear("pubcomp");
  }
}

const textOf = ({ payload }: Publish) => new TextDecoder().decode(payload);

test("a clean start is the end of the old session, also for a server that dies at once", async () => {
  for (let round = 0; round < 5; round += 1) {
    const { talker } = await enter("fresh");
    await subscribe(talker, "fresh/#", 1);
    talker.cut();
    const clean = await Talker.connect(server.mqtt, { clientId: "fresh", cleanSession: true });
    await clean.hear("connack");
    await crash();
    const back = await enter("fresh");
    expect(back.sessionPresent).toBe(false);
    back.talker.cut();
  }
});

test("a retained message of QoS 2 keeps its packet id until PUBREL, over a crash too", async () => {
  const writer = await Talker.connect(server.mqtt);
  await writer.hear("connack");
  await say(writer, publish("kept/a", "retained", 2, { retain: true }));
  const first = await enter("keeper");
  await subscribe(first.talker, "kept/#", 2);
  const kept = await first.talker.hear("publish");
  expect([textOf(kept), kept.retain, kept.qos]).toEqual(["retained", true, 2]);
  await crash(); // the client has the message and has not answered
  const back = await enter("keeper");
  expect(back.sessionPresent).toBe(true);
  const next = await Talker.connect(server.mqtt);
  await next.hear("connack");
  await say(next, publish("kept/b", "live", 2));
  // Under the same packet id a client has to take it for the retained one, and lose it.
  for (;;) {
    const came = await back.talker.hear("publish");
    if (textOf(came) === "live") {
      expect(came.packetId).not.toBe(kept.packetId);
      break;
    }
    expect([came.packetId, came.dup]).toEqual([kept.packetId, true]);
  }
  for (const one of [writer, first.talker, back.talker, next]) one.cut();
});

test("what was sent before comes before anything new, whenever the client comes back", async () => {
  const writer = await Talker.connect(server.mqtt);
  await writer.hear("connack");
  let { talker } = await enter("returner");
  await subscribe(talker, "line", 2);
  const sent: string[] = [];
  for (let round = 0; round < 30; round += 1) {
    await say(writer, publish("line", `${round} old`, 2));
    sent.push(`${round} old`, `${round} new`);
    // The client comes back while the packet id of the next message is on its way to the disk.
    writer.send(publish("line", `${round} new`, 2));
    const back = await Talker.connect(server.mqtt, { clientId: "returner", cleanSession: false });
    talker.cut();
    talker = back;
    const { packetId } = await writer.hear("pubrec");
    writer.send({ type: "pubrel", packetId });
    await writer.hear("pubcomp");
    const firsts: string[] = [];
    while (firsts.length < sent.length) {
      const text = textOf(await talker.hear("publish"));
      if (!firsts.includes(text)) firsts.push(text);
    }
    expect(firsts).toEqual(sent);
  }
  for (const one of [writer, talker]) one.cut();
});

test("packet ids go round, and a crash then loses nothing", async () => {
  const writer = await Talker.connect(server.mqtt);
  await writer.hear("connack");
  const { talker } = await enter("counter");
  await subscribe(talker, "count", 2);
  const answer = async () => {
    const { packetId = 0 } = await talker.hear("publish");
    talker.send({ type: "puback", packetId });
    return packetId;
  };
  let lastPacketId = 0;
  while (lastPacketId < 65_534) {
    const count = Math.min(200, 65_534 - lastPacketId);
    for (let number = 1; number <= count; number += 1) {
      writer.send(publish("count", "x", 1, { packetId: number }));
    }
    for (let number = 1; number <= count; number += 1) lastPacketId = await answer();
    for (let number = 1; number <= count; number += 1) await writer.hear("puback");
  }
  await say(writer, publish("count", "QoS 1", 1));
  await say(writer, publish("count", "QoS 2", 2));
  expect([await talker.hear("publish"), await talker.hear("publish")].map(textOf)).toEqual([
    "QoS 1",
    "QoS 2",
  ]);
  await crash();
  const back = await enter("counter");
  const came = [await back.talker.hear("publish"), await back.talker.hear("publish")];
  expect(came.map(textOf)).toEqual(["QoS 1", "QoS 2"]);
  for (const one of [writer, back.talker]) one.cut();
});
