/**
 * From a message to the clients it reaches.
 *
 * Encode once per QoS and hand the same bytes to everyone. A session that several filters lead to
 * gets one copy with the highest QoS [MQTT-3.3.5-1]. What comes back is a promise when sessions own
 * the message on disk, and `undefined` when nothing has to wait.
 */

import {
  encodePublish,
  encodePublishTemplate,
  type PublishTemplate,
  withPacketId,
} from "@millrace/mqtt";
import type { Broker } from "./broker.ts";
import type { Message, QoS } from "./message.ts";
import type { Delivery, Session } from "./session.ts";
import { appendToQueues, removeFromQueue, type StoredDelivery } from "./session-store.ts";
import type { Subscription } from "./topic-tree.ts";

type Matched = readonly (readonly Subscription<Session>[])[];

export function deliver(broker: Broker, message: Message): Promise<void> | undefined {
  const matched = broker.topics.match(message.topic);
  if (matched.length === 0) return undefined;
  if (message.qos === 0) {
    deliverUnacknowledged(broker, message, matched);
    return undefined;
  }
  return deliverAcknowledged(broker, message, matched);
}

function deliverUnacknowledged(broker: Broker, message: Message, matched: Matched): void {
  const packet = encodePublish(outgoing(message, 0)); // [MQTT-3.3.1-9]
  const publishNumber = broker.nextPublishNumber();
  const overlapping = matched.length > 1;
  for (const subscriptions of matched) {
    for (const { subscriber: session } of subscriptions) {
      if (overlapping) {
        if (session.lastPublishNumber === publishNumber) continue;
        session.lastPublishNumber = publishNumber;
      }
      session.connection?.outbox.offer(packet);
    }
  }
}

function deliverAcknowledged(
  broker: Broker,
  message: Message,
  matched: Matched,
): Promise<void> | undefined {
  const sessions = sessionsOf(broker, matched);
  let packet: Uint8Array | undefined;
  let template: PublishTemplate | undefined;
  const owners: { session: Session; sequence: number }[] = [];
  for (const session of sessions) {
    if (session.matchedQos === 0) {
      packet ??= encodePublish(outgoing(message, 0));
      session.connection?.outbox.offer(packet);
      continue;
    }
    template ??= encodePublishTemplate(outgoing(message, 1));
    const sequence = session.durable ? broker.takeSequence() : 0;
    const delivery = { topic: message.topic, template, sequence, sent: false };
    if (!enqueue(broker, session, delivery)) continue;
    if (session.durable) owners.push({ session, sequence });
    else sendQueued(broker, session);
  }
  if (owners.length === 0) return undefined;
  const stored = appendToQueues(broker.records, message, owners);
  // After the append, so that the deletion that follows a PUBACK comes behind it on disk.
  for (const { session } of owners) sendQueued(broker, session);
  return stored;
}

/** Each session once, with `matchedQos` set to the highest QoS among its filters. */
function sessionsOf(broker: Broker, matched: Matched): Session[] {
  const publishNumber = broker.nextPublishNumber();
  const sessions: Session[] = [];
  for (const subscriptions of matched) {
    for (const { subscriber: session, qos } of subscriptions) {
      if (session.lastPublishNumber !== publishNumber) {
        session.lastPublishNumber = publishNumber;
        session.matchedQos = qos;
        sessions.push(session);
      } else if (qos > session.matchedQos) session.matchedQos = qos;
    }
  }
  return sessions;
}

/** Puts a message into a session's line; a full line is a broken promise and is told. */
function enqueue(broker: Broker, session: Session, delivery: Delivery): boolean {
  if (session.enqueue(delivery)) return true;
  reportOverflow(broker, session, delivery);
  return false;
}

function reportOverflow(broker: Broker, session: Session, delivery: Delivery): void {
  if (session.overflowCount !== 1 && session.overflowCount % 1000 !== 0) return;
  broker.logger.warn("session queue is full, message dropped", {
    clientId: session.clientId,
    topic: delivery.topic,
    droppedCount: session.overflowCount,
  });
}

/**
 * Puts back what a line on disk holds; whether it was sent before is not there, so DUP says that it
 * may have been.
 */
export function restoreDelivery(
  broker: Broker,
  session: Session,
  { message, sequence }: Pick<StoredDelivery, "message" | "sequence">,
): void {
  const template = encodePublishTemplate(outgoing(message, 1));
  const delivery = { topic: message.topic, template, sequence, sent: true };
  if (!session.restore(delivery)) reportOverflow(broker, session, delivery);
}

/** Sends a retained message because of a new subscription, RETAIN set [MQTT-3.3.1-8]. */
export function deliverRetained(
  broker: Broker,
  session: Session,
  message: Message,
  granted: QoS,
): void {
  const qos = Math.min(message.qos, granted) as QoS;
  if (qos === 0) {
    session.connection?.outbox.offer(encodePublish({ ...outgoing(message, 0), retain: true }));
    return;
  }
  const template = encodePublishTemplate({ ...outgoing(message, 1), retain: true });
  const delivery = { topic: message.topic, template, sequence: 0, sent: false };
  if (enqueue(broker, session, delivery)) sendQueued(broker, session);
}

/**
 * Moves messages from the line into the window, as far as the window and the socket allow. It is
 * called again when an acknowledgement comes or the socket drains.
 */
export function sendQueued(broker: Broker, session: Session): void {
  const { connection } = session;
  if (!connection) return;
  for (;;) {
    if (connection.outbox.pendingBytes > broker.limits.outboxBytesMax) connection.outbox.flush();
    if (connection.outbox.pendingBytes > broker.limits.outboxBytesMax) return;
    const next = session.takeNext();
    if (!next) return;
    connection.outbox.send(encodeDelivery(next.delivery, next.packetId));
  }
}

/** Sends again what an earlier connection left unacknowledged, in order [MQTT-4.4.0-1]. */
export function resendInflight(session: Session): void {
  for (const [packetId, delivery] of session.inflight) {
    session.connection?.outbox.send(encodeDelivery(delivery, packetId));
  }
}

/** The client has it: forgets it, on disk too, and lets the next one go. */
export function settleDelivery(broker: Broker, session: Session, packetId: number): void {
  const delivery = session.acknowledge(packetId);
  if (!delivery) return;
  if (delivery.sequence > 0) {
    removeFromQueue(broker.records, session.clientId, delivery.sequence).catch(
      broker.reportStorageError,
    );
  }
  sendQueued(broker, session);
}

function encodeDelivery(delivery: Delivery, packetId: number): Uint8Array {
  const dup = delivery.sent; // [MQTT-3.3.1-1]
  delivery.sent = true;
  return withPacketId(delivery.template, packetId, dup);
}

/** As a message goes to subscribers: RETAIN is cleared [MQTT-3.3.1-9]. */
function outgoing(message: Message, qos: QoS) {
  const { topic, payload } = message;
  return { topic, payload, qos, retain: false, dup: false };
}
