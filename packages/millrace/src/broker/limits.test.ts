import { expect, test } from "bun:test";
import { type Connect, type Packet, type Publish, reasonCodes } from "@millrace/mqtt";
import { utf8 } from "../base/mod.ts";
import {
  Client,
  openBroker,
  publish,
  settled,
  subscribe,
  WebSocketClient,
} from "./broker-fixture.ts";
import { Counters } from "./counters.ts";
import type { Bound, BrokerLimits, Choice } from "./limits.ts";
import { awsLimits } from "./presets/aws.ts";
import { mqttLimits } from "./presets/mqtt.ts";

type House = Awaited<ReturnType<typeof openBroker>>;

/** What happens at a bound: every one of them is here, or this file does not compile. */
interface Case {
  readonly limits: Partial<BrokerLimits>;
  /** Goes just beyond the bound; answers with what the client sees of it. */
  readonly exceed: (house: House) => unknown;
  readonly answer: unknown;
}

const mqtt5 = { protocolLevel: 5, properties: {} } as const;

const join = ({ join }: House, clientId = "ann", more: Partial<Connect> = {}) =>
  join(clientId, { ...mqtt5, ...more });

/** What a client is told last, and whether it was closed. */
const outcomeOf = ({ received, ended }: Client) => ({ told: received.at(-1), ended });

const closedWith = (reasonCode: number) => ({
  told: { type: "disconnect", reasonCode },
  ended: true,
});
const refusedWith = (returnCode: number) => ({
  told: { type: "connack", returnCode },
  ended: true,
});
const answeredWith = (type: Packet["type"], codes: object) => ({
  told: { type, ...codes },
  ended: false,
});
const closedInSilence = { told: undefined, ended: true };

const numbered = (packetId: number, more: Partial<Publish> = {}) =>
  publish(more.topic ?? "a", "text", { qos: 1, packetId, ...more });

/** Publishes three of QoS 1 to a reader that acknowledges none: what has reached it? */
function overfill(house: House) {
  const reader = join(house, "reader").send(subscribe("a", 1));
  join(house).send(numbered(1), numbered(2), numbered(3));
  const { queuedMessages, dropped } = house.broker.counters;
  return { reached: reader.publishes.length, queuedMessages, lost: dropped["queue-full"] };
}

const bytesOfOne = 21; // what one message of `overfill` counts for in a line

const cases: Readonly<Record<Bound, Case>> = {
  protocolLevelMin: {
    limits: { protocolLevelMin: 5 },
    exceed: ({ join }) => outcomeOf(join("ann")),
    answer: refusedWith(1), // in the words of its own version
  },
  connectionsMax: {
    limits: { connectionsMax: 0 },
    exceed: (house) => outcomeOf(join(house)),
    answer: closedInSilence,
  },
  connectsPerSecondMax: {
    limits: { connectsPerSecondMax: 0 },
    exceed: (house) => outcomeOf(join(house)),
    answer: refusedWith(reasonCodes.connectionRateExceeded),
  },
  connectSecondsMax: {
    limits: { connectSecondsMax: 3 },
    exceed: ({ broker, clock }) => {
      const client = new Client(broker);
      clock.advance(4000);
      return outcomeOf(client);
    },
    answer: closedInSilence,
  },
  webSocketSecondsMax: {
    limits: { webSocketSecondsMax: 60 },
    exceed: ({ broker, clock }) => {
      const client = new WebSocketClient(broker, 5).send({
        type: "connect",
        clientId: "ann",
        cleanSession: true,
        keepAliveSeconds: 0,
        protocolLevel: 5,
      });
      clock.advance(61_000);
      return outcomeOf(client);
    },
    answer: closedWith(reasonCodes.maximumConnectTime),
  },
  clientIdBytesMax: {
    limits: { clientIdBytesMax: 2 },
    exceed: (house) => outcomeOf(join(house)),
    answer: refusedWith(reasonCodes.clientIdentifierNotValid),
  },
  clientIdsReserved: {
    limits: { clientIdsReserved: true },
    exceed: (house) => outcomeOf(join(house, "$ann")),
    answer: refusedWith(reasonCodes.clientIdentifierNotValid),
  },
  keepAliveSecondsMin: {
    limits: { keepAliveSecondsMin: 30 },
    exceed: (house) => outcomeOf(join(house, "ann", { keepAliveSeconds: 29 })),
    answer: answeredWith("connack", { returnCode: 0, properties: { serverKeepAlive: 30 } }),
  },
  keepAliveSecondsMax: {
    limits: { keepAliveSecondsMax: 60 },
    exceed: (house) => outcomeOf(join(house, "ann", { keepAliveSeconds: 61 })),
    answer: answeredWith("connack", { returnCode: 0, properties: { serverKeepAlive: 60 } }),
  },
  sessionsMax: {
    limits: { sessionsMax: 0 },
    exceed: (house) => outcomeOf(join(house)),
    answer: refusedWith(reasonCodes.quotaExceeded),
  },
  sessionSecondsMax: {
    limits: { sessionSecondsMax: 60 },
    exceed: async (house) => {
      const client = join(house, "ann", { properties: { sessionExpiryInterval: 61 } });
      await settled();
      return outcomeOf(client);
    },
    answer: answeredWith("connack", { returnCode: 0, properties: { sessionExpiryInterval: 60 } }),
  },
  willDelays: {
    limits: { willDelays: false },
    exceed: async (house) => {
      const watcher = join(house, "watcher").send(subscribe("gone"));
      const properties = { willDelayInterval: 5 };
      const will = {
        topic: "gone",
        payload: utf8("!"),
        qos: 0,
        retain: false,
        properties,
      } as const;
      join(house, "ann", { will, properties: { sessionExpiryInterval: 60 } }).vanish();
      await settled();
      return watcher.texts;
    },
    answer: ["!"], // at once
  },
  packetBytesMax: {
    limits: { packetBytesMax: 60 },
    exceed: (house) => outcomeOf(join(house).send(publish("a", "x".repeat(60)))),
    answer: closedWith(reasonCodes.packetTooLarge),
  },
  payloadBytesMax: {
    limits: { payloadBytesMax: 3 },
    exceed: (house) => outcomeOf(join(house).send(numbered(1))),
    answer: closedWith(reasonCodes.quotaExceeded),
  },
  topicBytesMax: {
    limits: { topicBytesMax: 3 },
    exceed: (house) => outcomeOf(join(house).send(numbered(1, { topic: "long" }))),
    answer: answeredWith("puback", { reasonCode: reasonCodes.topicNameInvalid }),
  },
  topicLevelsMax: {
    limits: { topicLevelsMax: 2 },
    exceed: (house) => outcomeOf(join(house).send(subscribe("a/b/c"))),
    answer: answeredWith("suback", { returnCodes: [reasonCodes.topicFilterInvalid] }),
  },
  qosMax: {
    limits: { qosMax: 1 },
    exceed: (house) => outcomeOf(join(house).send(numbered(1, { qos: 2 }))),
    answer: closedWith(reasonCodes.qosNotSupported),
  },
  receiveMaximum: {
    limits: { receiveMaximum: 1 },
    exceed: (house) =>
      outcomeOf(join(house).send(numbered(1, { qos: 2 }), numbered(2, { qos: 2 }))),
    answer: closedWith(reasonCodes.receiveMaximumExceeded),
  },
  topicAliasMaximum: {
    limits: { topicAliasMaximum: 1 },
    exceed: (house) =>
      outcomeOf(join(house).send(publish("a", "x", { properties: { topicAlias: 2 } }))),
    answer: closedWith(reasonCodes.topicAliasInvalid),
  },
  messageExpirySecondsMin: {
    limits: { messageExpirySecondsMin: 10 },
    exceed: (house) => {
      const reader = join(house, "reader").send(subscribe("a"));
      join(house).send(publish("a", "x", { properties: { messageExpiryInterval: 9 } }));
      return reader.publishes[0]?.properties;
    },
    answer: { messageExpiryInterval: 10 },
  },
  contentTypeBytesMax: {
    limits: { contentTypeBytesMax: 3 },
    exceed: (house) =>
      outcomeOf(join(house).send(numbered(1, { properties: { contentType: "text" } }))),
    answer: answeredWith("puback", { reasonCode: reasonCodes.quotaExceeded }),
  },
  correlationDataBytesMax: {
    limits: { correlationDataBytesMax: 3 },
    exceed: (house) =>
      outcomeOf(join(house).send(numbered(1, { properties: { correlationData: utf8("text") } }))),
    answer: answeredWith("puback", { reasonCode: reasonCodes.quotaExceeded }),
  },
  userPropertiesBytesMax: {
    limits: { userPropertiesBytesMax: 3 },
    exceed: (house) =>
      outcomeOf(join(house).send(numbered(1, { properties: { userProperties: [["ab", "cd"]] } }))),
    answer: answeredWith("puback", { reasonCode: reasonCodes.quotaExceeded }),
  },
  messageExpirySecondsMax: {
    limits: { messageExpirySecondsMax: 10 },
    exceed: (house) => {
      const reader = join(house, "reader").send(subscribe("a"));
      join(house).send(publish("a", "x", { properties: { messageExpiryInterval: 11 } }));
      return reader.publishes[0]?.properties;
    },
    answer: { messageExpiryInterval: 10 },
  },
  publishesPerSecondMax: {
    limits: { publishesPerSecondMax: 0 },
    exceed: (house) => outcomeOf(join(house).send(numbered(1))),
    answer: answeredWith("puback", { reasonCode: reasonCodes.quotaExceeded }),
  },
  subscriptionsPerSessionMax: {
    limits: { subscriptionsPerSessionMax: 0 },
    exceed: (house) => outcomeOf(join(house).send(subscribe("a"))),
    answer: answeredWith("suback", { returnCodes: [reasonCodes.quotaExceeded] }),
  },
  filtersPerSubscribeMax: {
    limits: { filtersPerSubscribeMax: 0 },
    exceed: (house) => outcomeOf(join(house).send(subscribe("a"))),
    answer: answeredWith("suback", { returnCodes: [reasonCodes.quotaExceeded] }),
  },
  subscriptionIdentifiers: {
    limits: { subscriptionIdentifiers: false },
    exceed: (house) => {
      const properties = { subscriptionIdentifiers: [1] };
      return outcomeOf(join(house).send({ ...subscribe("a"), properties } as Packet));
    },
    answer: closedWith(reasonCodes.subscriptionIdentifiersNotSupported),
  },
  shareNameBytesMax: {
    limits: { shareNameBytesMax: 3 },
    exceed: (house) => outcomeOf(join(house).send(subscribe("$share/long/a"))),
    answer: answeredWith("suback", { returnCodes: [reasonCodes.topicFilterInvalid] }),
  },
  reservedFilters: {
    limits: { reservedFilters: /^\$aws\// },
    exceed: (house) => outcomeOf(join(house).send(subscribe("$SYS/#"))),
    answer: answeredWith("suback", { returnCodes: [reasonCodes.topicFilterInvalid] }),
  },
  inflightMax: {
    limits: { inflightMax: 1 },
    exceed: overfill,
    answer: { reached: 1, queuedMessages: 2, lost: 0 },
  },
  queuedMessagesMax: {
    limits: { inflightMax: 1, queuedMessagesMax: 1 },
    exceed: overfill,
    answer: { reached: 1, queuedMessages: 1, lost: 1 },
  },
  queuedBytesMax: {
    limits: { inflightMax: 1, queuedBytesMax: bytesOfOne },
    exceed: overfill,
    answer: { reached: 1, queuedMessages: 1, lost: 1 },
  },
  queuedBytesInAllMax: {
    limits: { inflightMax: 1, queuedBytesInAllMax: bytesOfOne },
    exceed: overfill,
    answer: { reached: 1, queuedMessages: 1, lost: 1 },
  },
  outboxBytesMax: {
    limits: { outboxBytesMax: 1 },
    exceed: (house) => {
      const slow = join(house, "slow").send(subscribe("a"));
      slow.writable = false;
      join(house).send(publish("a", "1"), publish("a", "2"));
      slow.drained();
      return { texts: slow.texts, lost: house.broker.counters.dropped["slow-reader"] };
    },
    answer: { texts: ["1"], lost: 1 },
  },
  retainedMessagesMax: {
    limits: { retainedMessagesMax: 0 },
    exceed: (house) => outcomeOf(join(house).send(numbered(1, { retain: true }))),
    answer: answeredWith("puback", { reasonCode: reasonCodes.quotaExceeded }),
  },
  retainedBytesMax: {
    limits: { retainedBytesMax: 3 },
    exceed: (house) => outcomeOf(join(house).send(numbered(1, { retain: true }))),
    answer: answeredWith("puback", { reasonCode: reasonCodes.quotaExceeded }),
  },
  retainedTopicBytesMax: {
    limits: { retainedTopicBytesMax: 3 },
    exceed: (house) => outcomeOf(join(house).send(numbered(1, { topic: "long", retain: true }))),
    answer: answeredWith("puback", { reasonCode: reasonCodes.topicNameInvalid }),
  },
};

test.each(Object.entries(cases))("%s has its answer and is counted", async (bound, one) => {
  const house = await openBroker({ limits: { ...mqttLimits, ...one.limits } });
  expect(await one.exceed(house)).toMatchObject(one.answer as object);
  const reached = Object.entries(house.broker.counters.bounds).filter(([, count]) => count > 0);
  const names = reached.map(([name]) => name);
  expect(names).toContain(bound);
  // Others than those of the case are not taken for it.
  expect(Object.keys(one.limits)).toEqual(expect.arrayContaining(names));
});

const will = { topic: "a/b/c", payload: utf8("text"), qos: 2, retain: false } as const;

test.each([
  ["topicLevelsMax", 2, reasonCodes.topicNameInvalid],
  ["topicBytesMax", 4, reasonCodes.topicNameInvalid],
  ["qosMax", 1, reasonCodes.qosNotSupported],
  ["payloadBytesMax", 3, reasonCodes.quotaExceeded],
] as const)("a will is held to %s with its CONNECT", async (bound, value, code) => {
  const house = await openBroker({ limits: { ...mqttLimits, [bound]: value } });
  expect(outcomeOf(join(house, "ann", { will }))).toMatchObject(refusedWith(code));
  const reached = Object.entries(house.broker.counters.bounds).filter(([, count]) => count > 0);
  expect(reached).toEqual([[bound, 1]]);
});

const longWords = {
  contentType: "text/plain",
  correlationData: utf8("12345"),
  userProperties: [["name", "value"]],
} as const;

/** What would be refused when it is due is not taken as if it would then be said. */
test.each([
  ["contentTypeBytesMax", 4, reasonCodes.quotaExceeded],
  ["correlationDataBytesMax", 4, reasonCodes.quotaExceeded],
  ["userPropertiesBytesMax", 4, reasonCodes.quotaExceeded],
  ["retainedTopicBytesMax", 4, reasonCodes.topicNameInvalid],
] as const)("a will is held to %s with its CONNECT, too", async (bound, value, code) => {
  const house = await openBroker({ limits: { ...mqttLimits, [bound]: value } });
  const properties = { ...longWords };
  const wordy = { ...will, qos: 1, retain: true, properties } as const;
  expect(outcomeOf(join(house, "ann", { will: wordy }))).toMatchObject(refusedWith(code));
  const reached = Object.entries(house.broker.counters.bounds).filter(([, count]) => count > 0);
  expect(reached).toEqual([[bound, 1]]);
});

test("a will's response topic is held to the bounds of topics with its CONNECT", async () => {
  const house = await openBroker({ limits: { ...mqttLimits, topicLevelsMax: 3 } });
  const wordy = { ...will, qos: 1, properties: { responseTopic: "1/2/3/4" } } as const;
  const told = outcomeOf(join(house, "ann", { will: wordy }));
  expect(told).toMatchObject(refusedWith(reasonCodes.topicNameInvalid));
});

const choices: Readonly<Record<Choice, true>> = {
  name: true,
  sessionsCrossVersions: true,
  multiLevelMatchesParent: true,
  absenceTold: true,
  closeFrameDiscardsWill: true,
  closesOnRefusedFilter: true,
  retainedToWildcards: true,
  systemTopicsSeconds: true,
};

test.each([mqttLimits, awsLimits])("what is no choice in the preset $name is counted", (limits) => {
  const bounds = Object.keys(limits).filter((field) => !(field in choices));
  expect(Object.keys(new Counters().bounds).sort()).toEqual(bounds.sort());
});
