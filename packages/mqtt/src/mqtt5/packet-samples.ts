/** Packets of MQTT 5 of every type, with their properties, drawn by fast-check, for the tests. */

import fc from "fast-check";
import type { Packet } from "../packet.ts";
import { bytes, packetId, qos, text, topic } from "../packet-samples.ts";
import type { Properties } from "../properties.ts";

const flag = fc.boolean();
const bit = fc.constantFrom<0 | 1>(0, 1);
const uint16 = fc.integer({ min: 0, max: 0xffff });
const uint32 = fc.integer({ min: 0, max: 0xffff_ffff });
const identifier = fc.integer({ min: 1, max: 268_435_455 });
const name = text.filter((value) => value !== "__proto__");
const userProperties = fc.array(fc.tuple(name, text), { minLength: 1, maxLength: 4 });

/** Some of these properties, or none at all. */
function someOf(all: Record<string, fc.Arbitrary<unknown>>) {
  return fc
    .record({ userProperties, ...all }, { requiredKeys: [] })
    .map((found) => (Object.keys(found).length === 0 ? undefined : (found as Properties)));
}

const ofMessage = {
  payloadFormatIndicator: bit,
  messageExpiryInterval: uint32,
  contentType: text,
  responseTopic: topic,
  correlationData: bytes,
};

const ofReason = someOf({ reasonString: text });

const ofConnection = {
  sessionExpiryInterval: uint32,
  receiveMaximum: fc.integer({ min: 1, max: 0xffff }),
  maximumPacketSize: fc.integer({ min: 1, max: 0xffff_ffff }),
  topicAliasMaximum: uint16,
};

const method = { authenticationMethod: text };

const ofConnect = fc
  .record({
    properties: someOf({
      ...ofConnection,
      requestResponseInformation: flag,
      requestProblemInformation: flag,
    }),
    authentication: fc.option(fc.record({ ...method, authenticationData: bytes }), {
      nil: undefined,
    }),
  })
  .map(({ properties, authentication }) =>
    properties || authentication ? { ...properties, ...authentication } : undefined,
  );

const connect = fc.record({
  type: fc.constant("connect" as const),
  protocolLevel: fc.constant(5),
  cleanSession: flag,
  keepAliveSeconds: uint16,
  clientId: text,
  will: fc.option(
    fc.record({
      topic,
      payload: bytes,
      qos,
      retain: flag,
      properties: someOf({ ...ofMessage, willDelayInterval: uint32 }),
    }),
    { nil: undefined },
  ),
  username: fc.option(text, { nil: undefined }),
  password: fc.option(bytes, { nil: undefined }),
  properties: ofConnect,
});

const connack = fc.record({
  type: fc.constant("connack" as const),
  sessionPresent: flag,
  returnCode: fc.constantFrom(0x00, 0x80, 0x84, 0x87, 0x8c, 0x95, 0x9f),
  properties: someOf({
    ...ofConnection,
    ...method,
    authenticationData: bytes,
    maximumQos: bit,
    retainAvailable: flag,
    assignedClientIdentifier: text,
    reasonString: text,
    wildcardSubscriptionAvailable: flag,
    subscriptionIdentifierAvailable: flag,
    sharedSubscriptionAvailable: flag,
    serverKeepAlive: uint16,
    responseInformation: text,
    serverReference: text,
  }),
});

const publish = fc
  .record({
    type: fc.constant("publish" as const),
    topic: fc.oneof(topic, fc.constant("")),
    payload: bytes,
    qos,
    retain: flag,
    dup: flag,
    packetId,
    properties: someOf({
      ...ofMessage,
      topicAlias: fc.integer({ min: 1, max: 0xffff }),
      subscriptionIdentifiers: fc.array(identifier, { minLength: 1, maxLength: 3 }),
    }),
  })
  .map((packet) => (packet.qos === 0 ? { ...packet, dup: false, packetId: undefined } : packet))
  .filter(({ topic, properties }) => topic !== "" || properties?.topicAlias !== undefined);

const acknowledgement = fc.oneof(
  fc.record({
    type: fc.constantFrom("puback", "pubrec"),
    packetId,
    reasonCode: fc.constantFrom(0x00, 0x10, 0x80, 0x99),
    properties: ofReason,
  }),
  fc.record({
    type: fc.constantFrom("pubrel", "pubcomp"),
    packetId,
    reasonCode: fc.constantFrom(0x00, 0x92),
    properties: ofReason,
  }),
);

const subscribe = fc.record({
  type: fc.constant("subscribe" as const),
  packetId,
  subscriptions: fc.array(
    fc.record({
      filter: topic,
      qos,
      noLocal: flag,
      retainAsPublished: flag,
      retainHandling: fc.constantFrom<0 | 1 | 2>(0, 1, 2),
    }),
    { minLength: 1, maxLength: 5 },
  ),
  properties: someOf({
    subscriptionIdentifiers: identifier.map((value) => [value]),
  }),
});

const suback = fc.record({
  type: fc.constant("suback" as const),
  packetId,
  returnCodes: fc.array(fc.constantFrom(0, 1, 2, 0x80, 0x8f, 0xa2), { minLength: 1, maxLength: 9 }),
  properties: ofReason,
});

const unsubscribe = fc.record({
  type: fc.constant("unsubscribe" as const),
  packetId,
  filters: fc.array(topic, { minLength: 1, maxLength: 10 }),
  properties: someOf({}),
});

const unsuback = fc.record({
  type: fc.constant("unsuback" as const),
  packetId,
  reasonCodes: fc.array(fc.constantFrom(0, 0x11, 0x8f), { minLength: 1, maxLength: 9 }),
  properties: ofReason,
});

const disconnect = fc.record({
  type: fc.constant("disconnect" as const),
  reasonCode: fc.constantFrom(0x00, 0x04, 0x82, 0x8e, 0x9d),
  properties: someOf({ reasonString: text, sessionExpiryInterval: uint32, serverReference: text }),
});

const auth = fc.record({
  type: fc.constant("auth" as const),
  reasonCode: fc.constantFrom(0x00, 0x18, 0x19),
  properties: fc.record(
    { ...method, authenticationData: bytes, reasonString: text, userProperties },
    { requiredKeys: ["authenticationMethod"] },
  ),
});

const ping = fc.record({ type: fc.constantFrom("pingreq" as const, "pingresp" as const) });

/** To be encoded and decoded at level 5. */
export const anyPacket5: fc.Arbitrary<Packet> = fc.oneof(
  connect,
  connack,
  publish,
  acknowledgement,
  subscribe,
  suback,
  unsubscribe,
  unsuback,
  disconnect,
  auth,
  ping,
);
