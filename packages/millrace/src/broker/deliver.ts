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
import type { Change } from "../storage/mod.ts";
import type { Broker } from "./broker.ts";
import type { Message, QoS } from "./message.ts";
import type { Delivery, Session } from "./session.ts";
import {
  type Owner,
  queueChanges,
  removalChanges,
  type StoredDelivery,
  sendChange,
  store,
} from "./session-store.ts";
import type { Subscription } from "./topic-tree.ts";

type Matched = readonly (readonly Subscription<Session>[])[];

/** `alongside` is stored in one transaction with what the sessions are owed. */
export function deliver(
  broker: Broker,
  message: Message,
  alongside: readonly Change[],
): Promise<void> | undefined {
  const matched = broker.topics.match(message.topic);
  if (message.qos > 0) return deliverAcknowledged(broker, message, matched, alongside);
  if (matched.length > 0) deliverUnacknowledged(broker, message, matched);
  return undefined;
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
  alongside: readonly Change[],
): Promise<void> | undefined {
  const encodings = new Encodings(message);
  const owners: Owner[] = [];
  for (const session of sessionsOf(broker, matched)) {
    const qos = Math.min(message.qos, session.matchedQos) as QoS;
    if (qos === 0) {
      session.connection?.outbox.offer(encodings.packet);
      continue;
    }
    const sequence = session.durable ? broker.takeSequence() : 0;
    const { topic } = message;
    const delivery: Delivery = {
      topic,
      qos,
      template: encodings.template(qos),
      sequence,
      stage: "queued",
    };
    if (!enqueue(broker, session, delivery)) continue;
    if (session.durable) owners.push({ session, sequence, qos });
    else sendQueued(broker, session);
  }
  if (owners.length + alongside.length === 0) return undefined;
  const stored = store(broker.records, [...alongside, ...queueChanges(message, owners)]);
  // After the append, so that the deletion that follows a PUBACK comes behind it on disk.
  for (const { session } of owners) sendQueued(broker, session);
  return stored;
}

/** The message as it goes to subscribers, encoded once for each QoS that somebody wants. */
class Encodings {
  readonly #message: Message;
  #packet: Uint8Array | undefined;
  readonly #templates: (PublishTemplate | undefined)[] = [];

  constructor(message: Message) {
    this.#message = message;
  }

  get packet(): Uint8Array {
    this.#packet ??= encodePublish(outgoing(this.#message, 0));
    return this.#packet;
  }

  template(qos: 1 | 2): PublishTemplate {
    this.#templates[qos] ??= encodePublishTemplate(outgoing(this.#message, qos));
    return this.#templates[qos];
  }
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
 * Puts back what a line on disk holds. Whether a message of QoS 1 was sent before is not there, so
 * DUP says that it may have been.
 */
export function restoreDelivery(broker: Broker, session: Session, stored: StoredDelivery): void {
  const { message, sequence, send } = stored;
  const qos = message.qos === 2 ? 2 : 1;
  const template = encodePublishTemplate(outgoing(message, qos));
  const sentStage = send?.released ? "released" : "published";
  const stage = qos === 2 && !send ? "queued" : sentStage;
  const delivery: Delivery = { topic: message.topic, qos, template, sequence, stage };
  if (!session.restore(delivery, send?.packetId)) reportOverflow(broker, session, delivery);
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
  const template = encodePublishTemplate({ ...outgoing(message, qos), retain: true });
  const { topic } = message;
  const delivery: Delivery = { topic, qos, template, sequence: 0, stage: "queued" };
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
    sendFirst(broker, session, next);
  }
}

interface Outgoing {
  readonly packetId: number;
  readonly delivery: Delivery;
}

/** With QoS 2 the packet id is on disk before the client may see it. */
function sendFirst(broker: Broker, session: Session, { packetId, delivery }: Outgoing): void {
  const publishNow = () => {
    delivery.stage = "published";
    session.connection?.outbox.send(withPacketId(delivery.template, packetId, false));
  };
  if (delivery.qos === 1 || delivery.sequence === 0) {
    publishNow();
    return;
  }
  delivery.stage = "storing";
  const send = { packetId, released: false };
  const change = sendChange(session.clientId, delivery.sequence, send);
  store(broker.records, [change]).then(publishNow, (error: unknown) => {
    delivery.stage = "queued"; // tried again on the next connection
    broker.reportStorageError(error);
    session.connection?.close("SERVER_ERROR");
  });
}

/** Sends again what an earlier connection left unacknowledged, in order [MQTT-4.4.0-1]. */
export function resendInflight(broker: Broker, session: Session): void {
  for (const [packetId, delivery] of session.inflight) {
    const { stage } = delivery;
    if (stage === "queued") sendFirst(broker, session, { packetId, delivery });
    else if (stage === "released") session.connection?.send({ type: "pubrel", packetId });
    else if (stage === "published") {
      const again = withPacketId(delivery.template, packetId, true); // [MQTT-3.3.1-1]
      session.connection?.outbox.send(again);
    }
  }
}

/** PUBREC: from now on only PUBREL is sent under this id, after a crash too [MQTT-4.3.3-1]. */
export function releaseDelivery(broker: Broker, session: Session, packetId: number): void {
  const delivery = session.inflight.get(packetId);
  if (delivery?.stage === "storing") return; // the answer comes once the disk has it
  const release = () => session.connection?.send({ type: "pubrel", packetId });
  // A client that confirms what nobody knows any more is let go on: it waits for PUBREL.
  if (delivery?.qos !== 2 || delivery.stage !== "published") {
    release();
    return;
  }
  const released = () => {
    delivery.stage = "released";
    release();
  };
  if (delivery.sequence === 0) {
    released();
    return;
  }
  delivery.stage = "storing";
  const change = sendChange(session.clientId, delivery.sequence, { packetId, released: true });
  store(broker.records, [change]).then(released, (error: unknown) => {
    delivery.stage = "published"; // sent again on the next connection
    broker.reportStorageError(error);
    session.connection?.close("SERVER_ERROR");
  });
}

/** The client has it: forgets it, on disk too, and lets the next one go. */
export function settleDelivery(broker: Broker, session: Session, packetId: number): void {
  const delivery = session.inflight.get(packetId);
  if (!delivery) return;
  session.inflight.delete(packetId);
  if (delivery.sequence > 0) {
    const changes = removalChanges(session.clientId, delivery.sequence);
    store(broker.records, changes).catch(broker.reportStorageError);
  }
  sendQueued(broker, session);
}

/** As a message goes to subscribers: RETAIN is cleared [MQTT-3.3.1-9]. */
function outgoing(message: Message, qos: QoS) {
  const { topic, payload } = message;
  return { topic, payload, qos, retain: false, dup: false };
}
