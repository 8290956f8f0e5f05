import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  IoTDataPlaneClient,
  SendDirectMessageCommand,
  type SendDirectMessageCommandInput,
} from "@aws-sdk/client-iot-data-plane";
import { textOf, utf8 } from "../../base/mod.ts";
import { clientOptions, openDoor } from "../door-fixture.ts";
import { Client } from "./client-fixture.ts";

let door: Awaited<ReturnType<typeof openDoor>>;
let sdk: IoTDataPlaneClient;

beforeAll(async () => {
  door = await openDoor({ payloadBytesMax: 1000, inflightMax: 1 });
  sdk = new IoTDataPlaneClient(clientOptions(door.url));
});

afterAll(() => {
  sdk.destroy();
  door.close();
});

const connect = (clientId: string, more = {}) => new Client(door.broker, clientId, more);
const send = (clientId: string, more: Partial<SendDirectMessageCommandInput> = {}) =>
  sdk.send(
    new SendDirectMessageCommand({ clientId, topic: "to/you", payload: utf8("hi"), ...more }),
  );

/** Begins to send; the error comes later. */
const failing = (...[clientId, more]: Parameters<typeof send>) =>
  send(clientId, more).then(
    () => undefined,
    (thrown) => thrown,
  );

async function until(happened: () => boolean): Promise<void> {
  while (!happened()) await Bun.sleep(1);
}

test("it reaches a client that has subscribed to nothing, and neither rules nor others", async () => {
  const ann = connect("ann", { protocolLevel: 5 });
  const ben = connect("ben").subscribe("#");
  const { message, traceId } = await send("ann", {
    contentType: "text/plain",
    userProperties: '[{"k":"v"}]',
  });
  expect(message).toBe("OK");
  expect(traceId).toMatch(/^[\da-f-]{36}$/);
  expect(ann.publishes).toMatchObject([
    {
      topic: "to/you",
      qos: 0,
      retain: false,
      properties: { contentType: "text/plain", userProperties: [["k", "v"]] },
    },
  ]);
  expect(textOf(ann.publishes[0]!.payload)).toBe("hi");
  expect(ben.publishes).toEqual([]);
  expect(door.published).toEqual([]);
});

test("a confirmed one goes with QoS 1, and is answered after PUBACK", async () => {
  const ann = connect("confirming");
  const sent = send("confirming", { confirmation: true });
  let answered = false;
  const answer = sent.finally(() => {
    answered = true;
  });
  await until(() => ann.publishes.length > 0);
  const { qos, packetId = 0 } = ann.publishes[0]!;
  expect([qos, answered]).toEqual([1, false]);
  ann.send({ type: "puback", packetId });
  expect((await answer).message).toBe("OK");
});

test("without PUBACK in time it is a time-out, and the window is told to be full", async () => {
  const ann = connect("silent");
  const late = failing("silent", { confirmation: true, timeout: 2 });
  await until(() => ann.publishes.length > 0);
  await expect(send("silent", { confirmation: true })).rejects.toMatchObject({
    name: "ThrottlingException",
    $metadata: { httpStatusCode: 429 },
  });
  door.clock.advance(2000);
  expect(await late).toMatchObject({
    name: "GatewayTimeoutException",
    message: 'Client "silent" has not confirmed the message within 2 seconds',
    $metadata: { httpStatusCode: 504 },
  });
  expect(ann.publishes).toHaveLength(1);
});

test("what a client has not confirmed does not come again on its next connection", async () => {
  const durable = {
    protocolLevel: 5,
    cleanSession: false,
    properties: { sessionExpiryInterval: 100 },
  };
  const ann = connect("back", durable);
  const late = failing("back", { confirmation: true, timeout: 1 });
  await until(() => ann.publishes.length > 0);
  ann.vanish();
  const again = connect("back", durable);
  await until(() => again.received.length > 0);
  expect(again.publishes).toEqual([]);
  door.clock.advance(1000);
  expect(await late).toMatchObject({ name: "GatewayTimeoutException" });
  await send("back");
  expect(again.publishes).toHaveLength(1);
});

test("a client that is away, or was never there, gets nothing, later neither", async () => {
  const away = { protocolLevel: 5, properties: { sessionExpiryInterval: 100 } };
  connect("away", away).vanish();
  for (const clientId of ["away", "nobody"]) {
    await expect(send(clientId, { confirmation: true })).rejects.toMatchObject({
      name: "ResourceNotFoundException",
      message: `Client "${clientId}" is not connected`,
      $metadata: { httpStatusCode: 404 },
    });
  }
});

test("a packet that is larger than the client takes is not sent to it", async () => {
  for (const confirmation of [false, true]) {
    const small = { protocolLevel: 5, properties: { maximumPacketSize: 40 } };
    const ann = connect("small", small);
    await expect(send("small", { confirmation, payload: utf8("x".repeat(100)) })).rejects.toThrow(
      'Client "small" does not take packets of this size',
    );
    expect(ann.publishes).toEqual([]);
  }
});

test.each<[string, Partial<SendDirectMessageCommandInput>, string, number]>([
  ["no topic", { topic: "" }, "InvalidRequestException", 400],
  ["a wildcard", { topic: "a/+" }, "InvalidRequestException", 400],
  ["a reserved topic", { topic: "$aws/x" }, "InvalidRequestException", 400],
  ["a reserved client id", { clientId: "$GEN/1" }, "InvalidRequestException", 400],
  ["a long wait", { confirmation: true, timeout: 16 }, "InvalidRequestException", 400],
  ["no wait", { confirmation: true, timeout: 0 }, "InvalidRequestException", 400],
  ["a large payload", { payload: new Uint8Array(1001) }, "RequestEntityTooLargeException", 413],
])("%s is refused", async (_what, input, name, status) => {
  connect("target");
  await expect(send("target", input)).rejects.toMatchObject({
    name,
    $metadata: { httpStatusCode: status },
  });
});

test("the time-out does not count without a confirmation, and retaining does not exist", async () => {
  connect("target");
  expect((await send("target", { timeout: 99 })).message).toBe("OK");
  const path = "/connections/target/messages?topic=t&retain=true";
  const answer = await fetch(`${door.url}${path}`, { method: "POST" });
  expect(await answer.json()).toMatchObject({
    message: '"retain" of SendDirectMessage is not implemented',
  });
});
