import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  GetRetainedMessageCommand,
  IoTDataPlaneClient,
  ListRetainedMessagesCommand,
  PublishCommand,
  paginateListRetainedMessages,
} from "@aws-sdk/client-iot-data-plane";
import { textOf, utf8 } from "../../base/mod.ts";
import { clientOptions, openDoor } from "../door-fixture.ts";

let door: Awaited<ReturnType<typeof openDoor>>;
let client: IoTDataPlaneClient;

beforeAll(async () => {
  door = await openDoor();
  client = new IoTDataPlaneClient(clientOptions(door.url));
});

afterAll(() => {
  client.destroy();
  door.close();
});

const retain = (topic: string, text: string, more: object = {}) =>
  client.send(new PublishCommand({ topic, payload: utf8(text), retain: true, ...more }));
const get = (topic: string) => client.send(new GetRetainedMessageCommand({ topic }));
const list = (input: object = {}) => client.send(new ListRetainedMessagesCommand(input));
const topicsOf = ({ retainedTopics = [] }: Awaited<ReturnType<typeof list>>) =>
  retainedTopics.map(({ topic }) => topic);

test("a retained message is read with everything that was kept of it", async () => {
  const userProperties = JSON.stringify([{ name: "α" }, { name: "β" }]);
  await retain("rooms/große Halle", "grüße", { qos: 1, userProperties });
  const found = await get("rooms/große Halle");
  expect(found).toMatchObject({
    topic: "rooms/große Halle",
    qos: 1,
    lastModifiedTime: door.clock.now(),
  });
  expect(textOf(found.payload!)).toBe("grüße");
  expect(textOf(found.userProperties!)).toBe(userProperties);
});

test("on the wire payload and user properties are base64, and null without any", async () => {
  await retain("wire", "x");
  const answer = await fetch(`${door.url}/retainedMessage/wire`);
  expect(answer.headers.get("content-type")).toStartWith("application/json");
  expect(await answer.json()).toEqual({
    topic: "wire",
    payload: "eA==",
    qos: 0,
    lastModifiedTime: door.clock.now(),
    userProperties: null,
  });
  expect((await get("wire")).userProperties ?? undefined).toBeUndefined();
});

test("what is not retained, or has expired, is not found", async () => {
  const absent = get("nobody/was/here");
  await expect(absent).rejects.toMatchObject({
    name: "ResourceNotFoundException",
    message: 'No message is retained for topic "nobody/was/here"',
    $metadata: { httpStatusCode: 404 },
  });
  await retain("soon/gone", "x", { messageExpiry: 10 });
  expect((await get("soon/gone")).topic).toBe("soon/gone");
  door.clock.advance(10_000);
  await expect(get("soon/gone")).rejects.toMatchObject({ name: "ResourceNotFoundException" });
  await expect(get("a/#")).rejects.toMatchObject({ name: "InvalidRequestException" });
});

test("the list has every topic once, in order, whatever changes between its pages", async () => {
  const fresh = await openDoor();
  const sdk = new IoTDataPlaneClient(clientOptions(fresh.url));
  const publish = (topic: string, payload: Uint8Array) =>
    sdk.send(new PublishCommand({ topic, payload, retain: true }));
  for (const topic of ["m", "b", "ä", "c/d", "c", "z"]) await publish(topic, utf8("xyz"));
  const first = await sdk.send(new ListRetainedMessagesCommand({ maxResults: 3 }));
  expect(topicsOf(first)).toEqual(["b", "c", "c/d"]);
  await publish("a", utf8("new, and passed already"));
  await publish("c/d", new Uint8Array());
  await publish("x", utf8("new, and still to come"));
  await publish("z", new Uint8Array());
  const { nextToken } = first;
  const second = await sdk.send(new ListRetainedMessagesCommand({ maxResults: 3, nextToken }));
  expect(topicsOf(second)).toEqual(["m", "x", "ä"]);
  expect(second.nextToken ?? undefined).toBeUndefined();
  sdk.destroy();
  fresh.close();
});

test("an entry says size, QoS and when it was stored; without maxResults a page has 200", async () => {
  const fresh = await openDoor();
  const sdk = new IoTDataPlaneClient(clientOptions(fresh.url));
  const origin = { ruleDepth: 0 };
  for (let number = 0; number < 201; number += 1) {
    const topic = `t/${String(number).padStart(3, "0")}`;
    await fresh.broker.publish({ topic, payload: utf8("four"), qos: 1, retain: true, origin });
  }
  const pages: number[] = [];
  for await (const page of paginateListRetainedMessages({ client: sdk }, {})) {
    pages.push(page.retainedTopics!.length);
    expect(page.retainedTopics![0]).toMatchObject({
      payloadSize: 4,
      qos: 1,
      lastModifiedTime: fresh.clock.now(),
    });
  }
  expect(pages).toEqual([200, 1]);
  sdk.destroy();
  fresh.close();
});

test.each([
  [{ maxResults: 0 }, 'maxResults "0" is no whole number from 1 to 200'],
  [{ maxResults: 201 }, 'maxResults "201" is no whole number from 1 to 200'],
  [{ nextToken: "mine" }, 'nextToken "mine" is not one of this list'],
  [{ nextToken: "bWluZQ==" }, 'nextToken "bWluZQ==" is not one of this list'],
])("a list with %p is refused", async (input, message) => {
  await expect(list(input)).rejects.toMatchObject({ name: "InvalidRequestException", message });
});

test("other verbs and members are refused by name", async () => {
  const wrongVerb = await fetch(`${door.url}/retainedMessage/t`, { method: "DELETE" });
  expect([wrongVerb.status, wrongVerb.headers.get("x-amzn-errortype")]).toEqual([
    405,
    "MethodNotAllowedException",
  ]);
  const wrongMember = await fetch(`${door.url}/retainedMessage?prefix=a`);
  expect(await wrongMember.json()).toMatchObject({
    message: '"prefix" of ListRetainedMessages is not implemented',
  });
});
