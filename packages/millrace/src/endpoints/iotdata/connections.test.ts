import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  DeleteConnectionCommand,
  GetConnectionCommand,
  IoTDataPlaneClient,
  ListSubscriptionsCommand,
  paginateListSubscriptions,
} from "@aws-sdk/client-iot-data-plane";
import { textOf, utf8 } from "../../base/mod.ts";
import { clientOptions, openDoor } from "../door-fixture.ts";
import { Client } from "./client-fixture.ts";

let door: Awaited<ReturnType<typeof openDoor>>;
let sdk: IoTDataPlaneClient;

beforeAll(async () => {
  door = await openDoor();
  sdk = new IoTDataPlaneClient(clientOptions(door.url));
});

afterAll(() => {
  sdk.destroy();
  door.close();
});

const connect = (clientId: string, more = {}) => new Client(door.broker, clientId, more);
const durable = (seconds: number) => ({
  protocolLevel: 5,
  cleanSession: false,
  properties: { sessionExpiryInterval: seconds },
});
const remove = (clientId: string, more = {}) =>
  sdk.send(new DeleteConnectionCommand({ clientId, ...more }));
const subscriptions = (clientId: string, more = {}) =>
  sdk.send(new ListSubscriptionsCommand({ clientId, ...more }));

async function look(clientId: string, more = {}): Promise<object> {
  const command = new GetConnectionCommand({ clientId, ...more });
  const { $metadata: _, ...members } = await sdk.send(command);
  return members;
}

const unknown = { name: "ResourceNotFoundException", $metadata: { httpStatusCode: 404 } };

test("a connection is ended with the code for it, and only when there is one", async () => {
  const ann = connect("room/1 ä", { protocolLevel: 5 });
  const answer = await fetch(`${door.url}/connections/room%2F1%20%C3%A4`, { method: "DELETE" });
  expect([answer.status, await answer.text()]).toEqual([200, ""]);
  expect(ann.received.at(-1)).toMatchObject({ type: "disconnect", reasonCode: 0x98 });
  expect(ann.ended).toBe(true);
  await expect(remove("room/1 ä")).rejects.toMatchObject({
    ...unknown,
    message: 'Client "room/1 ä" is not connected',
  });
});

test("the will is published, unless it is prevented", async () => {
  const watcher = connect("watcher").subscribe("gone");
  const will = (text: string) => ({
    will: { topic: "gone", payload: utf8(text), qos: 0, retain: false } as const,
  });
  connect("one", will("one"));
  connect("two", will("two"));
  await remove("two", { preventWillMessage: true });
  await remove("one");
  expect(watcher.publishes.map(({ payload }) => textOf(payload))).toEqual(["one"]);
});

test("a session outlives the end of its connection, unless it is to be cleaned", async () => {
  connect("kept", durable(100)).subscribe("a");
  connect("cleaned", durable(100)).subscribe("a");
  await remove("kept");
  await remove("cleaned", { cleanSession: true });
  expect((await subscriptions("kept")).subscriptions).toEqual([{ topicFilter: "a", qos: 1 }]);
  await expect(subscriptions("cleaned")).rejects.toMatchObject(unknown);
});

test("a client that is connected is shown, its socket when that is asked for", async () => {
  connect("here", { ...durable(100), keepAliveSeconds: 30 });
  const members = {
    connected: true,
    clientId: "here",
    cleanSession: false,
    keepAliveDuration: 30,
    connectedSince: door.clock.now(),
    sessionExpiry: 100,
  };
  door.clock.advance(1000);
  expect(await look("here")).toEqual(members);
  expect(await look("here", { includeSocketInformation: true })).toEqual({
    ...members,
    sourceIp: "192.0.2.7",
    sourcePort: 40_000,
    targetIp: "192.0.2.1",
    targetPort: 1883,
  });
});

test("a client that has left is shown for half an hour, then as long as it has a session", async () => {
  connect("clean").vanish();
  connect("durable", durable(3600)).send({ type: "disconnect" });
  const disconnectedSince = door.clock.now();
  const gone = { connected: false, clientId: "clean", cleanSession: true, sessionExpiry: 0 };
  const away = { connected: false, clientId: "durable", cleanSession: false, sessionExpiry: 3600 };
  door.clock.advance(29 * 60_000);
  expect(await look("clean")).toEqual({
    ...gone,
    disconnectedSince,
    disconnectReason: "CONNECTION_LOST",
  });
  expect(await look("durable")).toEqual({
    ...away,
    disconnectedSince,
    disconnectReason: "CLIENT_INITIATED_DISCONNECT",
  });
  door.clock.advance(60_000);
  await expect(look("clean")).rejects.toMatchObject({
    ...unknown,
    message: 'Client "clean" is not known',
  });
  expect(await look("durable")).toEqual(away);
  door.clock.advance(30 * 60_000);
  await expect(look("durable")).rejects.toMatchObject(unknown);
});

test("subscriptions come in the order of subscribing, twenty a page", async () => {
  const filters = Array.from({ length: 25 }, (_, number) => `f/${25 - number}/#`);
  connect("many").subscribe(...filters);
  const pages: (string | undefined)[][] = [];
  const input = { clientId: "many" };
  for await (const page of paginateListSubscriptions({ client: sdk }, input)) {
    pages.push(page.subscriptions!.map(({ topicFilter }) => topicFilter));
  }
  expect(pages.map(({ length }) => length)).toEqual([20, 5]);
  expect(pages.flat()).toEqual(filters);
});

test("a page of subscriptions goes on where the last one ended, whatever has changed", async () => {
  const ann = connect("changing").subscribe("a", "b", "c", "d");
  const first = await subscriptions("changing", { maxResults: 2 });
  ann.send({ type: "unsubscribe", packetId: 2, filters: ["b", "c"] });
  ann.subscribe("a", "$share/g/e");
  const { nextToken } = first;
  const second = await subscriptions("changing", { maxResults: 2, nextToken });
  expect(second.subscriptions).toEqual([
    { topicFilter: "d", qos: 1 },
    { topicFilter: "$share/g/e", qos: 1 },
  ]);
  expect(second.nextToken ?? undefined).toBeUndefined();
  await expect(subscriptions("many", { nextToken })).rejects.toMatchObject({
    name: "InvalidRequestException",
  });
});

test("a client without subscriptions has an empty list, one without a session none", async () => {
  connect("plain");
  expect((await subscriptions("plain")).subscriptions).toEqual([]);
  await expect(subscriptions("never")).rejects.toMatchObject(unknown);
});

test.each([
  ["$GEN/1", 'The client id "$GEN/1" begins with a dollar sign'],
  ["x".repeat(1025), "The client id has more than 1024 bytes"],
])("the client id %p is refused by every operation", async (clientId, message) => {
  const invalid = { name: "InvalidRequestException", message };
  await expect(remove(clientId)).rejects.toMatchObject(invalid);
  await expect(look(clientId)).rejects.toMatchObject(invalid);
  await expect(subscriptions(clientId)).rejects.toMatchObject(invalid);
});

test.each([
  ["DELETE", "/connections/", 400],
  ["DELETE", "/connections/%FF", 400],
  ["DELETE", "/connections/a?cleanSession=TRUE", 400],
  ["GET", "/connections/a?includeSocketInformation=1", 400],
  ["GET", "/connections/a?color=red", 400],
  ["GET", "/connections/a/subscriptions?maxResults=ten", 400],
  ["PUT", "/connections/a", 405],
  ["POST", "/connections/a/subscriptions", 405],
])("%s %s is refused with %p", async (method, path, status) => {
  const answer = await fetch(`${door.url}${path}`, { method });
  expect(answer.status).toBe(status);
});
