import { expect, test } from "bun:test";
import { ManualClock, textOf } from "../base/mod.ts";
import type { Message } from "../broker/mod.ts";
import { createLifecycleEvents } from "./mod.ts";

const clock = new ManualClock();

const facts = {
  clientId: "web/1",
  sessionIdentifier: "3f2c8a0e-6c6e-4f7b-9e65-0a6d6b1d9a11",
  principal: "tester",
  ipAddress: "198.51.100.7",
  versionNumber: 4,
};

function watch(isHeard = (_level: string) => true) {
  const messages: Message[] = [];
  const publish = (message: Message) => messages.push(message);
  const observer = createLifecycleEvents({ clock, publish, isHeard });
  const told = () => messages.map(({ topic, payload }) => [topic, JSON.parse(textOf(payload))]);
  return { observer, messages, told };
}

const common = {
  clientId: "web/1",
  timestamp: clock.now(),
  sessionIdentifier: facts.sessionIdentifier,
  principalIdentifier: "tester",
};

test("each event has its topic and the members that AWS IoT documents, and no others", () => {
  const { observer, told } = watch();
  observer.connected(facts);
  observer.disconnected(facts, "CONNECTION_LOST");
  observer.disconnected(facts, "CLIENT_INITIATED_DISCONNECT");
  observer.connectFailed(facts);
  observer.subscribed(facts, ["room/1/#", "in"]);
  observer.unsubscribed(facts, ["in"]);
  const ended = { eventType: "disconnected", versionNumber: 4 };
  expect(told()).toEqual([
    [
      "$aws/events/presence/connected/web/1",
      { ...common, eventType: "connected", ipAddress: "198.51.100.7", versionNumber: 4 },
    ],
    [
      "$aws/events/presence/disconnected/web/1",
      {
        ...common,
        ...ended,
        clientInitiatedDisconnect: false,
        disconnectReason: "CONNECTION_LOST",
      },
    ],
    [
      "$aws/events/presence/disconnected/web/1",
      {
        ...common,
        ...ended,
        clientInitiatedDisconnect: true,
        disconnectReason: "CLIENT_INITIATED_DISCONNECT",
      },
    ],
    [
      "$aws/events/presence/connect_failed/web/1",
      {
        ...common,
        eventType: "connect_failed",
        ipAddress: "198.51.100.7",
        connectFailureReason: "AUTHORIZATION_FAILED",
      },
    ],
    [
      "$aws/events/subscriptions/subscribed/web/1",
      { ...common, eventType: "subscribed", topics: ["room/1/#", "in"] },
    ],
    [
      "$aws/events/subscriptions/unsubscribed/web/1",
      { ...common, eventType: "unsubscribed", topics: ["in"] },
    ],
  ]);
});

/** "thingName will only be included if the client is connecting using the exclusive thing feature" */
test("each event names the thing that has its principal to itself", () => {
  const { observer, told } = watch();
  const ofThing = { ...facts, thingName: "lamp" };
  observer.connected(ofThing);
  observer.disconnected(ofThing, "CONNECTION_LOST");
  observer.connectFailed(ofThing);
  observer.subscribed(ofThing, ["in"]);
  observer.unsubscribed(ofThing, ["in"]);
  expect(told().map(([, { thingName }]) => thingName)).toEqual(Array(5).fill("lamp"));
});

test("events come with QoS 1 from the house itself", () => {
  const { observer, messages } = watch();
  observer.connected(facts);
  const origin = { ruleDepth: 0, internal: true };
  expect(messages).toMatchObject([{ qos: 1, retain: false, origin }]);
});

test.each(["a+b", "#"])("a client called %p gives no events", (clientId) => {
  const { observer, messages } = watch();
  observer.connected({ ...facts, clientId });
  observer.disconnected({ ...facts, clientId }, "CONNECTION_LOST");
  observer.subscribed({ ...facts, clientId }, ["a"]);
  expect(messages).toEqual([]);
});

test("no event is made while nobody listens", () => {
  let listened: string | undefined;
  const { observer, told } = watch((level) => level === listened);
  observer.connected(facts);
  listened = "$aws";
  observer.disconnected(facts, "CONNECTION_LOST");
  expect(told()).toMatchObject([["$aws/events/presence/disconnected/web/1", {}]]);
});
