import { afterAll, afterEach, beforeAll, expect, test } from "bun:test";
import { IoTDataPlaneClient, PublishCommand } from "@aws-sdk/client-iot-data-plane";
import { textOf } from "../../base/mod.ts";
import { clientOptions, openDoor } from "../door-fixture.ts";

let door: Awaited<ReturnType<typeof openDoor>>;
let client: IoTDataPlaneClient;

beforeAll(async () => {
  door = await openDoor();
  client = new IoTDataPlaneClient(clientOptions(door.url));
});

afterEach(() => {
  door.published.length = 0;
  door.state.publishOutcome = { accepted: true, matched: true };
});

afterAll(() => {
  client.destroy();
  door.close();
});

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown) => thrown,
  );

test("a publish carries topic, payload, QoS, retain and who sent it", async () => {
  const topic = "rooms/große Halle/100%/a..b";
  await client.send(
    new PublishCommand({ topic, qos: 1, retain: true, payload: new TextEncoder().encode("hi") }),
  );
  const [message] = door.published;
  expect(message).toMatchObject({ topic, qos: 1, retain: true });
  expect(textOf(message!.payload)).toBe("hi");
  expect(message!.origin).toEqual({ clientId: undefined, sourceIp: "127.0.0.1", ruleDepth: 0 });
});

test("without parameters it is QoS 0, not retained, empty", async () => {
  await client.send(new PublishCommand({ topic: "t" }));
  expect(door.published).toMatchObject([{ topic: "t", qos: 0, retain: false }]);
  expect(door.published[0]!.payload).toHaveLength(0);
});

test("the answer names the trace", async () => {
  const answer = await fetch(`${door.url}/topics/a%2Fb/c`, { method: "POST", body: "x" });
  expect(answer.status).toBe(200);
  expect(await answer.json()).toEqual({
    message: "OK",
    traceId: expect.stringMatching(/^[\da-f-]{36}$/),
  });
  expect(door.published[0]!.topic).toBe("a/b/c");
});

test("a topic is decoded exactly once", async () => {
  await fetch(`${door.url}/topics/50%2525`, { method: "POST" });
  expect(door.published[0]!.topic).toBe("50%25");
});

test.each([
  ["a wildcard", "rooms/+", 'The topic "rooms/+" is not valid: it holds a wildcard'],
  ["bytes that are no text", undefined, "The topic is not percent-encoded UTF-8"],
])("%s is no topic", async (_, topic, message) => {
  const path = topic === undefined ? "%FF" : encodeURIComponent(topic);
  const answer = await fetch(`${door.url}/topics/${path}`, { method: "POST" });
  expect([answer.status, answer.headers.get("x-amzn-errortype")]).toEqual([
    400,
    "InvalidRequestException",
  ]);
  expect(await answer.json()).toMatchObject({ message });
  expect(door.published).toEqual([]);
});

test("what only MQTT 5 could carry is refused by name", async () => {
  const byQuery = await refusal(
    client.send(new PublishCommand({ topic: "t", contentType: "text/plain" })),
  );
  expect([byQuery.name, byQuery.message]).toEqual([
    "InvalidRequestException",
    '"contentType" of Publish is not implemented',
  ]);
  const byHeader = await refusal(
    client.send(new PublishCommand({ topic: "t", correlationData: "eA==" })),
  );
  expect(byHeader.message).toBe('"x-amz-mqtt5-correlation-data" of Publish is not implemented');
  expect(door.published).toEqual([]);
});

test("a payload above the bound is refused before it is published", async () => {
  const thrown = await refusal(
    client.send(new PublishCommand({ topic: "t", payload: new Uint8Array(1001) })),
  );
  expect(thrown.$metadata.httpStatusCode).toBe(413);
  expect(door.published).toEqual([]);
});

test("what the broker refuses is refused with its reason", async () => {
  door.state.publishOutcome = { accepted: false, refusal: "topic-reserved", reason: "reserved" };
  const reserved = await refusal(client.send(new PublishCommand({ topic: "$aws/x" })));
  expect([reserved.name, reserved.message]).toEqual(["InvalidRequestException", "reserved"]);
  door.state.publishOutcome = { accepted: false, refusal: "not-stored", reason: "disk full" };
  const lost = await refusal(client.send(new PublishCommand({ topic: "t", qos: 1 })));
  expect([lost.name, lost.$metadata.httpStatusCode]).toEqual(["ServiceUnavailableException", 503]);
});
