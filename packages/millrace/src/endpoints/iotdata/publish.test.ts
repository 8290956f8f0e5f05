import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import {
  IoTDataPlaneClient,
  PublishCommand,
  type PublishCommandInput,
} from "@aws-sdk/client-iot-data-plane";
import { textOf, toBase64, utf8 } from "../../base/mod.ts";
import { clientOptions, openDoor } from "../door-fixture.ts";
import { Client } from "./client-fixture.ts";

let door: Awaited<ReturnType<typeof openDoor>>;
let client: IoTDataPlaneClient;

beforeAll(async () => {
  door = await openDoor({
    payloadBytesMax: 1000,
    contentTypeBytesMax: 10,
    userPropertiesBytesMax: 20,
    correlationDataBytesMax: 8,
    messageExpirySecondsMin: 1,
    messageExpirySecondsMax: 60,
    retainedMessagesMax: 1,
    topicLevelsMax: 4,
  });
  client = new IoTDataPlaneClient(clientOptions(door.url));
});

afterEach(() => {
  door.published.length = 0;
});

afterAll(() => {
  client.destroy();
  door.close();
});

const send = (input: PublishCommandInput) => client.send(new PublishCommand(input));
const post = (path: string, headers: Record<string, string> = {}) =>
  fetch(`${door.url}${path}`, { method: "POST", headers });

/** Name, message and status of the error that the SDK throws. */
const refusal = (input: PublishCommandInput) =>
  send(input).then(
    () => undefined,
    ({ name, message, $metadata }) => [name, message, $metadata.httpStatusCode],
  );

test("a publish carries topic, payload, QoS, retain and who sent it", async () => {
  const topic = "rooms/große Halle/100%/a..b";
  await send({ topic, qos: 1, retain: true, payload: new TextEncoder().encode("hi") });
  const [message] = door.published;
  expect(message).toMatchObject({ topic, qos: 1, retain: true });
  expect(textOf(message!.payload)).toBe("hi");
  // Rules name who calls by its user id, which is the account's number for its owner.
  const principal = "111122223333";
  expect(message!.origin).toEqual({ principal, sourceIp: "127.0.0.1", ruleDepth: 0 });
  expect(message!.properties).toBeUndefined();
  expect(message!.expiresAtMs).toBeUndefined();
  await send({ topic, retain: true });
});

test("without parameters it is QoS 0, not retained, empty", async () => {
  await send({ topic: "t" });
  expect(door.published).toMatchObject([{ topic: "t", qos: 0, retain: false }]);
  expect(door.published[0]!.payload).toHaveLength(0);
});

test("nothing is taken before the house is ready", async () => {
  door.state.missing = ["doors"];
  const refused = await refusal({ topic: "t" });
  door.state.missing = [];
  expect(refused).toEqual(["ServiceUnavailableException", "The server is not ready yet", 503]);
  expect(door.published).toEqual([]);
});

test("the answer names the trace", async () => {
  const answer = await fetch(`${door.url}/topics/a%2Fb/c`, { method: "POST", body: "x" });
  expect(answer.status).toBe(200);
  const traceId = answer.headers.get("x-amzn-requestid");
  expect(traceId).toMatch(/^[\da-f-]{36}$/);
  expect(await answer.json()).toEqual({ message: "OK", traceId });
  expect(door.published[0]!.topic).toBe("a/b/c");
});

test("a topic is decoded exactly once", async () => {
  await post("/topics/50%2525");
  expect(door.published[0]!.topic).toBe("50%25");
});

test("the properties of MQTT 5 reach a subscriber of MQTT 5, and no other", async () => {
  const five = new Client(door.broker, "five", { protocolLevel: 5 }).subscribe("a/#");
  const four = new Client(door.broker, "four").subscribe("a/#");
  await send({
    topic: "a/b",
    payload: utf8("x"),
    contentType: "text/ä+x",
    responseTopic: "a/answer",
    messageExpiry: 30,
    userProperties: JSON.stringify([{ k: "1" }, { k: "2" }, { "": "ü" }]),
    payloadFormatIndicator: "UTF8_DATA",
    correlationData: toBase64(Uint8Array.of(0, 255)),
  });
  expect(five.publishes.map(({ properties }) => properties)).toEqual([
    {
      contentType: "text/ä+x",
      responseTopic: "a/answer",
      messageExpiryInterval: 30,
      userProperties: [
        ["k", "1"],
        ["k", "2"],
        ["", "ü"],
      ],
      payloadFormatIndicator: 1,
      correlationData: Uint8Array.of(0, 255),
    },
  ]);
  expect(four.publishes.map(({ properties }) => properties)).toEqual([undefined]);
});

test.each([
  [0, 1],
  [1, 1],
  [60, 60],
  [61, 60],
])("messageExpiry %p counts as %p seconds", async (messageExpiry, seconds) => {
  await send({ topic: "t", messageExpiry });
  expect(door.published[0]!.expiresAtMs).toBe(door.clock.now() + seconds * 1000);
});

test.each<[string, Partial<PublishCommandInput>, string]>([
  ["a wildcard", { topic: "rooms/+" }, 'The topic "rooms/+" is not valid: it holds a wildcard'],
  ["too many levels", { topic: "a/b/c/d/e" }, "topic has 5 levels, at most 4 are taken"],
  [
    "a reserved topic",
    { topic: "$aws/x" },
    'topic "$aws/x" is reserved: clients may not publish to "$" topics',
  ],
  ["QoS 2", { qos: 2 }, 'qos "2" is no whole number from 0 to 1'],
  ["a negative expiry", { messageExpiry: -1 }, 'messageExpiry "-1" is no whole number 0 or more'],
  [
    "a long content type",
    { contentType: "text/plain+" },
    "the content type may have 10 bytes at most",
  ],
  ["a content type that is no text", { contentType: "a\0" }, "contentType is no text that MQTT"],
  [
    "a wildcard in the response topic",
    { responseTopic: "a/#" },
    "response topic: it holds a wildcard",
  ],
  ["no response topic", { responseTopic: "" }, "response topic: it is empty"],
  [
    "a deep response topic",
    { responseTopic: "a/b/c/d/e" },
    "response topic: topic has 5 levels, at most 4 are taken",
  ],
  [
    "correlation data that is not base64",
    { correlationData: "§" },
    "x-amz-mqtt5-correlation-data is not base64",
  ],
  [
    "much correlation data",
    { correlationData: toBase64(new Uint8Array(9)) },
    "the correlation data may have 8 bytes at most",
  ],
  [
    "an unknown format",
    { payloadFormatIndicator: "TEXT" as "UTF8_DATA" },
    'x-amz-mqtt5-payload-format-indicator "TEXT" is neither UNSPECIFIED_BYTES nor UTF8_DATA',
  ],
  [
    "user properties that are no list",
    { userProperties: '{"a":"b"}' },
    "x-amz-mqtt5-user-properties is no JSON array in base64",
  ],
  [
    "a user property that is no text",
    { userProperties: '[{"a":1}]' },
    "x-amz-mqtt5-user-properties must hold objects of one name and one text each",
  ],
  [
    "two user properties in one object",
    { userProperties: '[{"a":"1","b":"2"}]' },
    "x-amz-mqtt5-user-properties must hold objects of one name and one text each",
  ],
  [
    "many user properties",
    { userProperties: '[{"a":"1234567890"},{"b":"123456789"}]' },
    "the user properties may have 20 bytes at most",
  ],
])("%s is refused with its reason", async (_what, input, message) => {
  const refused = await refusal({ topic: "t", ...input });
  expect(refused).toEqual(["InvalidRequestException", expect.stringContaining(message), 400]);
  expect(door.published).toEqual([]);
});

test.each([
  ["/topics/t?qos=1&qos=0", "qos is there more than once"],
  ["/topics/t?retain=yes", 'retain "yes" is neither true nor false'],
  ["/topics/t?color=red", '"color" of Publish is not implemented'],
  ["/topics/%FF", "The topic is not percent-encoded UTF-8"],
  ["/topics/", 'The topic "" is not valid: it is empty'],
])("%s says: %s", async (path, message) => {
  const answer = await post(path);
  expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([
    400,
    "InvalidRequestException",
  ]);
  const traceId = answer.headers.get("x-amzn-requestid");
  expect(await answer.json()).toEqual({ message, traceId });
});

test.each([
  ["x-amz-mqtt5-user-properties", "%%%", "x-amz-mqtt5-user-properties is no JSON array in base64"],
  ["x-amz-mqtt5-topic-alias", "1", 'The header "x-amz-mqtt5-topic-alias" is not implemented'],
])("the header %s with %p is refused", async (name, value, message) => {
  const answer = await post("/topics/t", { [name]: value });
  expect(answer.status).toBe(400);
  expect(await answer.json()).toMatchObject({ message });
});

test("a payload above the bound is refused before it is published", async () => {
  const refused = await refusal({ topic: "t", payload: new Uint8Array(1001) });
  expect(refused).toEqual([
    "RequestEntityTooLargeException",
    "The payload is larger than 1000 bytes",
    413,
  ]);
  expect(door.published).toEqual([]);
});

test("another verb is not supported, and the answer says which is", async () => {
  const answer = await fetch(`${door.url}/topics/t`);
  expect(answer.status).toBe(405);
  expect(answer.headers.get("x-amzn-errortype")).toBe("MethodNotAllowedException");
  expect(answer.headers.get("allow")).toBe("POST");
});

test("where there is no room to retain, the caller is told to slow down", async () => {
  await send({ topic: "one", retain: true, payload: utf8("x") });
  const refused = await refusal({ topic: "two", retain: true, payload: utf8("x") });
  expect(refused?.[0]).toBe("ThrottlingException");
  expect(refused?.[2]).toBe(429);
});

test("a message that cannot be stored is not acknowledged", async () => {
  const broken = await openDoor();
  await broken.records.close();
  const answer = await fetch(`${broken.url}/topics/t?retain=true`, { method: "POST", body: "x" });
  expect(answer.status).toBe(503);
  expect(answer.headers.get("x-amzn-errortype")).toBe("ServiceUnavailableException");
  broken.close();
});
