/**
 * PUBLISH from a client: publish, then acknowledge in order (3.3 and 4.3).
 *
 * The topic alias comes first, then everything else sees the topic that it stands for. With QoS 2
 * the packet id is remembered until PUBREL, so that the same message sent again is confirmed and
 * not published again. A durable session's memory of it is stored in one transaction with what the
 * message makes others be owed: both are there after a crash, or neither. What taps make of the
 * message is no part of that: until they have dealt with it the memory says so, and when the
 * message comes again after a crash it goes to them alone.
 */

import { type Publish, reasonCodes } from "@millrace/mqtt";
import { shortened } from "../../base/mod.ts";
import type { Connection, OpenState } from "../connection/connection.ts";
import { refusalCodes } from "../connection/reasons.ts";
import type { Message, PublishOutcome } from "../message.ts";
import { tellAgain } from "../publish.ts";
import { type ReceivedStage, receivedChange, store } from "../session/session-store.ts";

export function handlePublish(connection: Connection, open: OpenState, packet: Publish): void {
  const { limits, counters } = connection.broker;
  const { qos, packetId } = packet;
  counters.publishesIn[qos] += 1;
  const topic = topicOf(connection, packet);
  if (topic === undefined) return;
  if (qos > limits.qosMax) {
    counters.bounds.qosMax += 1;
    const reasonCode = reasonCodes.qosNotSupported;
    connection.fail(`QoS ${qos} is not taken here`, { clause: "MQTT5-3.2.2-11", reasonCode });
    return;
  }
  if (packetId !== undefined && exceedsReceiveMaximum(connection, packet)) return;
  if (!connection.traffic.rate.take(connection.broker.tickMs)) {
    counters.dropped["publish-rate"] += 1;
    counters.bounds.publishesPerSecondMax += 1;
    // Before MQTT 5 an answer would say that the message is taken.
    if (connection.mqtt5) answerRefused(connection, packet, reasonCodes.quotaExceeded);
    return;
  }
  const message = messageOf(connection, open, packet, topic);
  if (packetId === undefined) {
    const outcome = connection.broker.publish(message);
    if (!(outcome instanceof Promise) && !outcome.accepted) refuse(connection, packet, outcome);
    return;
  }
  const outcome =
    qos === 1
      ? connection.broker.publish(message) // [MQTT5-4.3.2-5]
      : publishOnce(connection, open, packet, message);
  acknowledge(connection, packet, outcome);
}

/** The topic that is meant; `undefined` when the connection has been closed over it. */
function topicOf(connection: Connection, packet: Publish): string | undefined {
  const { topic, properties } = packet;
  if (properties === undefined) return topic;
  if (properties.subscriptionIdentifiers) {
    const clause = "MQTT5-3.3.4-6";
    connection.fail("Subscription Identifier in a client's PUBLISH", { clause });
    return undefined;
  }
  const { topicAlias } = properties;
  if (topicAlias === undefined) return topic;
  const { limits, counters } = connection.broker;
  if (topicAlias > limits.topicAliasMaximum) {
    counters.bounds.topicAliasMaximum += 1;
    const reasonCode = reasonCodes.topicAliasInvalid;
    connection.fail(`topic alias ${topicAlias}`, { clause: "MQTT5-3.3.2-9", reasonCode });
    return undefined;
  }
  if (topic !== "") {
    connection.traffic.aliases.set(topicAlias, topic);
    return topic;
  }
  const known = connection.traffic.aliases.get(topicAlias);
  if (known === undefined) {
    connection.fail(`topic alias ${topicAlias} stands for nothing`, { clause: "MQTT5-3.3.2.3.4" });
  }
  return known;
}

/** More open publishes than the CONNACK allowed; before MQTT 5 there was no word for it. */
function exceedsReceiveMaximum(connection: Connection, { qos, packetId = 0 }: Publish): boolean {
  if (!connection.mqtt5) return false;
  const { traffic } = connection;
  const { limits, counters } = connection.broker;
  const { receiveMaximum } = limits;
  if (qos === 2) traffic.unreleased.add(packetId);
  if (traffic.openCount + (qos === 1 ? 1 : 0) <= receiveMaximum) return false;
  counters.bounds.receiveMaximum += 1;
  const reasonCode = reasonCodes.receiveMaximumExceeded;
  const text = `more than ${receiveMaximum} publishes are open`;
  connection.fail(text, { clause: "MQTT5-3.3.4-7", reasonCode });
  return true;
}

// [MQTT-3.3.1-3] [MQTT5-3.3.1-3]
function messageOf(
  { broker }: Connection,
  { origin }: OpenState,
  { payload, qos, retain, properties }: Publish,
  topic: string,
): Message {
  if (!properties) return { topic, payload, qos, retain, origin };
  // [MQTT5-3.3.2-4] [MQTT5-3.3.2-15] [MQTT5-3.3.2-16] [MQTT5-3.3.2-17] [MQTT5-3.3.2-18]
  // [MQTT5-3.3.2-20]
  const { topicAlias: _, messageExpiryInterval, ...passedOn } = properties;
  if (messageExpiryInterval === undefined) {
    return { topic, payload, qos, retain, origin, properties: passedOn };
  }
  const expiresAtMs = broker.expiresAtMs(messageExpiryInterval);
  return { topic, payload, qos, retain, origin, properties: passedOn, expiresAtMs };
}

/** The outcome of the first copy, for every further one too [MQTT-4.3.3-2] [MQTT5-4.3.3-10]. */
function publishOnce(
  { broker }: Connection,
  { session }: OpenState,
  { packetId = 0, dup }: Publish,
  message: Message,
): PublishOutcome | Promise<PublishOutcome> {
  const known = session.receivedOutcome(packetId);
  if (known && known !== "delivered") return known;
  const marked = (stage: ReceivedStage) =>
    session.durable ? [receivedChange(session, packetId, stage)] : [];
  let settling: Promise<PublishOutcome> | undefined;
  // Who releases it too early, or begins another session, must not find it there again.
  const isWaitedFor = () =>
    session.receivedOutcome(packetId) === settling &&
    broker.sessions.get(session.clientId) === session;
  const whenTold = () => (isWaitedFor() ? marked("done") : []);
  // Without DUP it is a new message: the id is free again when a tap failed over the first one.
  const comesAgain = known === "delivered" && dup;
  const outcome = comesAgain
    ? tellAgain(broker, message, whenTold)
    : broker.publish(message, marked("delivered"), whenTold);
  const settle = (settled: PublishOutcome) => {
    if (settled.accepted) session.setReceived(packetId, settled);
    else session.forgetReceived(packetId); // so that the message may come again [MQTT5-4.3.3-9]
    return settled;
  };
  if (outcome instanceof Promise) {
    settling = outcome.then((settled) => (isWaitedFor() ? settle(settled) : settled));
    session.setReceived(packetId, settling);
    return settling;
  }
  if (known && !outcome.accepted) {
    store(broker.records, marked("released")).catch(broker.reportStorageError);
  }
  return settle(outcome);
}

/** The answer goes out when the message is owned, in the order in which the messages came. */
function acknowledge(
  connection: Connection,
  packet: Publish,
  outcome: PublishOutcome | Promise<PublishOutcome>,
): void {
  if (!(outcome instanceof Promise)) {
    if (outcome.accepted)
      connection.traffic.acks.acknowledge(ackOf(connection, packet, outcome.matched));
    else refuse(connection, packet, outcome);
    connection.balanceReading();
    return;
  }
  // [MQTT-3.3.4-1] [MQTT5-3.3.4-1]
  const answer = connection.traffic.acks.reserve(packet.qos === 1 ? "puback" : "pubrec");
  connection.balanceReading();
  outcome.then((settled) => {
    if (settled.accepted)
      // [MQTT5-4.3.2-4] [MQTT5-4.3.3-8]
      answer(ackOf(connection, packet, settled.matched)); // [MQTT-4.3.2-2]
    // Before MQTT 5 there is no such answer: whoever comes back sends the message again.
    else if (!connection.mqtt5)
      connection.close("SERVER_ERROR"); // [MQTT-4.8.0-2]
    else answer(refusalOf(connection, packet, refusalCodes[settled.refusal], settled.reason));
    connection.balanceReading();
  });
}

/** PUBACK or PUBREC of success. */
function ackOf({ broker, mqtt5 }: Connection, { qos, packetId }: Publish, matched: boolean) {
  const type = qos === 1 ? ("puback" as const) : ("pubrec" as const);
  const id = packetId ?? 0; // [MQTT-2.3.1-6] [MQTT5-2.2.1-5]
  if (matched || !mqtt5 || !broker.limits.absenceTold) return { type, packetId: id };
  return { type, packetId: id, reasonCode: reasonCodes.noMatchingSubscribers };
}

/**
 * MQTT 5 answers the one message (3.4.2.1); without QoS, and before it, there is no answer. A
 * payload that is too large ends the connection in any case, as a packet that is too large does.
 */
function refuse(
  connection: Connection,
  packet: Publish,
  { refusal, reason }: Extract<PublishOutcome, { accepted: false }>,
): void {
  const reasonCode = refusalCodes[refusal];
  const denied = refusal === "not-authorized";
  const final = refusal === "payload-too-large";
  if (connection.mqtt5 && packet.packetId !== undefined && !final) {
    const refusedCount = connection.traffic.countRefusal(`publish ${refusal}`);
    if (refusedCount !== undefined) {
      const clientId = connection.open?.session.clientId;
      const topic = shortened(packet.topic);
      connection.broker.logger.warn("publish refused", { clientId, topic, reason, refusedCount });
    }
    answerRefused(connection, packet, reasonCode, reason);
    return;
  }
  const complaint = { reasonCode, ...(denied && { reason: "AUTH_ERROR" as const }) };
  connection.fail(reason, complaint); // [MQTT-3.3.5-2]
}

function answerRefused(
  connection: Connection,
  packet: Publish,
  reasonCode: number,
  reasonString?: string,
): void {
  if (packet.qos === 0) return;
  const answer = refusalOf(connection, packet, reasonCode, reasonString);
  connection.traffic.acks.acknowledge(answer);
}

/** PUBACK or PUBREC that says no, with which the exchange is over. */
function refusalOf(
  { traffic }: Connection,
  { qos, packetId = 0 }: Publish,
  reasonCode: number,
  reasonString?: string,
) {
  const type = qos === 1 ? ("puback" as const) : ("pubrec" as const);
  const properties = reasonString === undefined ? undefined : { reasonString };
  if (qos === 2) traffic.unreleased.delete(packetId);
  return { type, packetId, reasonCode, properties };
}
