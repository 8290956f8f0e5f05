import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  DeleteThingShadowCommand,
  GetThingShadowCommand,
  IoTDataPlaneClient,
  ListNamedShadowsForThingCommand,
  UpdateThingShadowCommand,
} from "@aws-sdk/client-iot-data-plane";
import { textOf, utf8 } from "../../base/mod.ts";
import { clientOptions, openDoor } from "../door-fixture.ts";
import { Client } from "./client-fixture.ts";
import { needsOf } from "./rights.ts";

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

const documentOf = ({ payload }: { readonly payload?: Uint8Array | undefined }) =>
  JSON.parse(textOf(payload!));
const get = (thingName: string, shadowName?: string) =>
  sdk.send(new GetThingShadowCommand({ thingName, shadowName })).then(documentOf);
const update = (thingName: string, document: object | string, shadowName?: string) => {
  const payload = utf8(typeof document === "string" ? document : JSON.stringify(document));
  return sdk
    .send(new UpdateThingShadowCommand({ thingName, shadowName, payload }))
    .then(documentOf);
};
const remove = (thingName: string, shadowName?: string) =>
  sdk.send(new DeleteThingShadowCommand({ thingName, shadowName })).then(documentOf);
const list = (thingName: string, more = {}) =>
  sdk.send(new ListNamedShadowsForThingCommand({ thingName, ...more }));
const reported = (a: unknown) => ({ state: { reported: { a } } });
const failureOf = (asked: Promise<unknown>) =>
  asked.then(
    () => undefined,
    ({ name, message, $metadata }) => [$metadata.httpStatusCode, name, message],
  );

test("a shadow is made, read, changed and deleted", async () => {
  const timestamp = door.clock.now() / 1000;
  const metadata = { reported: { a: { timestamp } } };
  const state = { reported: { a: 1 } };
  const document = { state, metadata, version: 1, timestamp };
  expect(await update("lamp", reported(1))).toEqual(document);
  expect(await get("lamp")).toEqual(document);
  expect(await update("lamp", { state: { desired: { a: 2 } }, clientToken: "t" })).toEqual({
    state: { desired: { a: 2 } },
    metadata: { desired: { a: { timestamp } } },
    version: 2,
    timestamp,
    clientToken: "t",
  });
  expect(await get("lamp")).toMatchObject({ state: { delta: { a: 2 } }, version: 2 });
  expect(await remove("lamp")).toEqual({ version: 2, timestamp });
  const missing = [404, "ResourceNotFoundException", "No shadow exists with name: 'lamp'"];
  expect(await failureOf(get("lamp"))).toEqual(missing);
  expect(await failureOf(remove("lamp"))).toEqual(missing);
});

test("a named shadow is another than the classic one", async () => {
  await update("door", reported(1));
  await update("door", reported(2), "config");
  expect(await get("door")).toMatchObject({ state: { reported: { a: 1 } }, version: 1 });
  expect(await get("door", "config")).toMatchObject({ state: { reported: { a: 2 } } });
  await remove("door", "config");
  expect(await failureOf(get("door", "config"))).toEqual([
    404,
    "ResourceNotFoundException",
    "No shadow exists with name: 'config'",
  ]);
  expect(await get("door")).toMatchObject({ version: 1 });
});

test("numbers keep every digit on their way through the door", async () => {
  const state = '{"desired":{"id":12345678901234567890}}';
  const payload = utf8(`{"state":${state}}`);
  await sdk.send(new UpdateThingShadowCommand({ thingName: "exact", payload }));
  const answer = await fetch(`${door.url}/things/exact/shadow`);
  expect(answer.headers.get("content-type")).toBe("application/json");
  expect(await answer.text()).toContain('"delta":{"id":12345678901234567890}');
});

test("subscribers hear of a change as of one over MQTT, and nothing of a rejection", async () => {
  const ann = new Client(door.broker, "ann").subscribe("$aws/things/heard/shadow/#");
  await update("heard", { state: { desired: { a: 1 } } });
  await failureOf(update("heard", { state: { desired: 1 } }));
  await get("heard");
  await remove("heard");
  expect(ann.publishes.map(({ topic, qos }) => [topic.split("/shadow/")[1], qos])).toEqual([
    ["update/accepted", 1],
    ["update/documents", 1],
    ["update/delta", 1],
    ["delete/accepted", 1],
  ]);
});

test.each([
  ["{", 400, "InvalidRequestException", "Invalid JSON"],
  ['{"state":{"a":1}}', 400, "InvalidRequestException", "State contains an invalid node: 'a'"],
  ['{"state":{},"version":7}', 409, "ConflictException", "Version conflict"],
  [
    `{"state":{"desired":{"a":"${"x".repeat(9_000)}"}}}`,
    413,
    "RequestEntityTooLargeException",
    "The payload exceeds the maximum size allowed",
  ],
  [
    `{"state":{},"x":"${"x".repeat(128 * 1024)}"}`,
    413,
    "RequestEntityTooLargeException",
    "The payload exceeds the maximum size allowed",
  ],
  [
    "\u{feff}{}",
    415,
    "UnsupportedDocumentEncodingException",
    "Unsupported documented encoding; supported encoding is UTF-8",
  ],
])("the update %.40s is answered with %p %s", async (document, ...expected) => {
  expect(await failureOf(update("bad", document))).toEqual(expected);
});

test.each([
  ["GET", "/things/a%2Fb/shadow", 400],
  ["GET", `/things/${"x".repeat(129)}/shadow`, 400],
  ["GET", "/things/%FF/shadow", 400],
  ["GET", "/things//shadow", 400],
  ["GET", "/things/a/shadow?name=", 400],
  ["DELETE", "/things/a/shadow?name=a%20b", 400],
  ["POST", `/things/a/shadow?name=${"x".repeat(65)}`, 400],
  ["GET", "/things/a/shadow?color=red", 400],
  ["GET", "/api/things/shadow/ListNamedShadowsForThing/a%20b", 400],
  ["GET", "/api/things/shadow/ListNamedShadowsForThing/a?pageSize=0", 400],
  ["GET", "/api/things/shadow/ListNamedShadowsForThing/a?pageSize=101", 400],
  ["GET", "/api/things/shadow/ListNamedShadowsForThing/a?nextToken=mine", 400],
  ["PUT", "/things/a/shadow", 405],
  ["POST", "/api/things/shadow/ListNamedShadowsForThing/a", 405],
])("%s %s is refused with %p", async (method, path, status) => {
  const answer = await fetch(`${door.url}${path}`, { method });
  expect(answer.status).toBe(status);
});

test("names of shadows come in their order, a page at a time, without the classic one", async () => {
  for (const name of ["c", "a", "b"]) await update("many", reported(1), name);
  await update("many", reported(1));
  const timestamp = door.clock.now() / 1000;
  const { $metadata: _, ...all } = await list("many");
  expect(all).toEqual({ results: ["a", "b", "c"], timestamp });
  const first = await list("many", { pageSize: 2 });
  expect(first.results).toEqual(["a", "b"]);
  const { nextToken } = first;
  expect((await list("many", { pageSize: 2, nextToken })).results).toEqual(["c"]);
  expect((await list("nobody")).results).toEqual([]);
  expect(await failureOf(list("other", { nextToken }))).toContain("InvalidRequestException");
});

test("before the house is ready nothing is changed", async () => {
  door.state.missing = ["doors"];
  const unready = [503, "ServiceUnavailableException", "The server is not ready yet"];
  expect(await failureOf(update("early", reported(1)))).toEqual(unready);
  expect(await failureOf(remove("early"))).toEqual(unready);
  door.state.missing = [];
  expect(await failureOf(get("early"))).toContain("ResourceNotFoundException");
});

test.each([
  ["GetThingShadow", "", "thing/lamp"],
  ["UpdateThingShadow", "name=config", "thing/lamp/config"],
  ["DeleteThingShadow", "name=config", "thing/lamp/config"],
  ["ListNamedShadowsForThing", "name=config", "thing/lamp"],
])("%s of %p needs leave for %p", (operation, query, expected) => {
  const account = { partition: "aws", region: "eu-central-1", accountId: "111122223333" };
  const asked = { operation, label: "lamp", query: new URLSearchParams(query) };
  const prefix = "arn:aws:iot:eu-central-1:111122223333:";
  const needs = needsOf(asked, account);
  expect(needs).toEqual([{ action: `iot:${operation}`, resource: `${prefix}${expected}` }]);
});
