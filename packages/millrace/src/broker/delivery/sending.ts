/**
 * A session's line of QoS 1 and 2: into it, out of it to the client, and gone when the client has
 * said that it has it.
 *
 * What was sent and not acknowledged is sent again on the next connection, and then only
 * [MQTT-4.4.0-1]; within the window that the client grants [MQTT5-4.9.0-2].
 */

import { reasonCodes } from "@millrace/mqtt";
import { shortened } from "../../base/mod.ts";
import type { Broker } from "../broker.ts";
import type { Connection } from "../connection/connection.ts";
import type { DropReason } from "../counters.ts";
import type { Delivery, Inflight } from "../session/line.ts";
import type { Session } from "../session/session.ts";
import {
  removalChanges,
  type StoredDelivery,
  sendChange,
  store,
} from "../session/session-store.ts";
import { type Form, formOf, Outgoing } from "./outgoing.ts";

export interface Copy {
  readonly retain: boolean;
  readonly identifiers: readonly number[] | undefined;
}

/**
 * QoS 0: one attempt, dropped when the reader is too slow [MQTT-4.3.1-1]
 * [MQTT5-4.3.1-1]. Answers why it was
 * dropped, if so; that is then counted.
 */
export function sendUnacknowledged(
  broker: Broker,
  connection: Connection,
  outgoing: Outgoing,
  { retain, identifiers }: Copy,
): DropReason | undefined {
  const { topic } = outgoing;
  const nowMs = broker.clock.now();
  if (!connection.mayReceive(topic)) {
    broker.counters.dropped["not-authorized"] += 1;
    return "not-authorized";
  }
  const form = formOf(connection.mqtt5, 0, retain, identifiers);
  const fitting = connection.encodeFitting(topic, form, (form) => outgoing.packet(form, nowMs));
  if (!fitting) {
    broker.counters.dropped["packet-too-large"] += 1;
    return "packet-too-large";
  }
  if (!connection.outbox.offer(fitting.bytes)) return "slow-reader";
  fitting.sent();
  return undefined;
}

/**
 * Sends a message at once where window and socket allow, else puts it into the session's line.
 * False when it was full: a broken promise, which is told.
 */
export function sendOrEnqueue(broker: Broker, session: Session, delivery: Delivery): boolean {
  const { connection, line } = session;
  if (connection && connection.outbox.pendingBytes <= broker.limits.outboxBytesMax) {
    const packetId = line.takeDirect(delivery);
    if (packetId > 0) {
      sendFirst(broker, connection, { packetId, delivery });
      return true;
    }
  }
  if (!enqueue(broker, session, delivery)) return false;
  sendLine(broker, session);
  return true;
}

/** Puts a message into a session's line; a full line is a broken promise and is told. */
export function enqueue(broker: Broker, session: Session, delivery: Delivery): boolean {
  if (session.line.enqueue(delivery)) return true;
  reportOverflow(broker, session, delivery);
  return false;
}

function reportOverflow(broker: Broker, session: Session, { outgoing }: Delivery): void {
  broker.counters.dropped["queue-full"] += 1;
  const { overflowCount } = session.line;
  if (overflowCount !== 1 && overflowCount % 1000 !== 0) return;
  broker.logger.warn("session queue is full, message dropped", {
    clientId: session.clientId,
    topic: shortened(outgoing.topic),
    droppedCount: overflowCount,
  });
}

/**
 * Puts back what a line on disk holds. Whether a message of QoS 1 was sent before is not there, so
 * DUP says that it may have been.
 */
export function restoreDelivery(broker: Broker, session: Session, stored: StoredDelivery): void {
  const { message, sequence, send, identifiers, share } = stored;
  const qos = message.qos === 2 ? 2 : 1;
  const sentStage = send?.released ? "released" : "published";
  const stage = send ? sentStage : "queued";
  const outgoing = new Outgoing(message);
  const { retain } = message;
  const delivery: Delivery = {
    outgoing,
    qos,
    retain,
    identifiers,
    share,
    sequence,
    perhapsSent: qos === 1,
    stage,
  };
  if (!session.line.restore(delivery, send?.packetId)) reportOverflow(broker, session, delivery);
}

/**
 * Sends what the line owes, first again what an earlier connection left unacknowledged, in order
 * [MQTT-4.6.0-1], as far as window and socket allow.
 */
export function sendLine(broker: Broker, session: Session): void {
  // [MQTT-4.6.0-5] [MQTT-4.6.0-6] [MQTT5-4.6.0-1] [MQTT5-4.6.0-5] [MQTT5-4.6.0-6]
  const { connection, lineIfAny: line } = session;
  if (!connection || !line?.waits) return;
  const { outbox } = connection;
  const { outboxBytesMax } = broker.limits;
  for (;;) {
    if (outbox.pendingBytes > outboxBytesMax) outbox.flush();
    if (outbox.pendingBytes > outboxBytesMax) return;
    const again = line.takeResend();
    if (again) {
      resend(broker, connection, again);
      continue;
    }
    const next = line.takeNext();
    if (!next) return;
    sendFirst(broker, connection, next);
  }
}

/** With QoS 2 the packet id is on disk before the client may see it. */
function sendFirst(broker: Broker, connection: Connection, inflight: Inflight): void {
  const { delivery } = inflight;
  const { outgoing } = delivery;
  if (outgoing.expiresAtMs !== undefined && outgoing.isExpired(broker.clock.now())) {
    drop(broker, connection, inflight, "expired"); // [MQTT5-3.3.2-5]
    return;
  }
  if (delivery.qos === 1 || delivery.sequence === 0) {
    // [MQTT-3.3.1-1] [MQTT-4.3.2-1] [MQTT5-4.3.2-2] [MQTT5-4.3.3-2]
    transmit(broker, connection, inflight, delivery.perhapsSent === true);
    return;
  }
  const { session } = connection;
  const { packetId } = inflight;
  const { sequence } = delivery;
  const change = sendChange(session.clientId, sequence, { packetId, released: false });
  const isOwed = () => session.line.inflight.get(packetId) === delivery;
  delivery.stage = "storing";
  store(broker.records, [change]).then(
    () => {
      if (!isOwed()) {
        // Withdrawn meanwhile: this disk has taken the id, and not the message.
        const changes = removalChanges(session.clientId, sequence);
        store(broker.records, changes).catch(broker.reportStorageError);
        return;
      }
      delivery.stage = "published";
      // A connection that has come meanwhile sends it in its turn, behind what is older.
      if (!session.connection || session.line.isToBeResent(packetId)) return;
      transmit(broker, session.connection, inflight, false);
      sendLine(broker, session); // the window opens when the client cannot take it
    },
    (error: unknown) => {
      broker.reportStorageError(error);
      if (!isOwed()) return; // withdrawn: its publisher has been told
      delivery.stage = "queued"; // tried again on the next connection
      session.connection?.close("SERVER_ERROR");
    },
  );
}

function resend(broker: Broker, connection: Connection, inflight: Inflight): void {
  const { packetId, delivery } = inflight;
  if (delivery.stage === "queued") sendFirst(broker, connection, inflight);
  // [MQTT5-4.3.3-5] [MQTT5-4.3.3-6]
  else if (delivery.stage === "released") connection.send({ type: "pubrel", packetId });
  // [MQTT5-3.3.1-1] [MQTT5-4.3.2-3] [MQTT5-4.3.3-3] [MQTT5-4.3.3-7] [MQTT5-4.4.0-1]
  else if (delivery.stage === "published") transmit(broker, connection, inflight, true);
}

function transmit(broker: Broker, connection: Connection, inflight: Inflight, dup: boolean): void {
  const { packetId, delivery } = inflight;
  const { outgoing, qos, retain, identifiers } = delivery;
  const nowMs = outgoing.expiresAtMs !== undefined ? broker.clock.now() : 0;
  const form = formOf(connection.mqtt5, qos, retain, identifiers);
  delivery.stage = "published";
  const { topic } = outgoing;
  if (!connection.plain && !connection.mayReceive(topic)) {
    drop(broker, connection, inflight, "not-authorized");
    return;
  }
  if ((connection.plain || connection.guard) && !dup) {
    connection.outbox.sendNumbered(outgoing.template(form, nowMs), packetId);
    broker.counters.publishesOut[qos] += 1;
    return;
  }
  const encode = (form: Form) =>
    dup ? outgoing.repeated(form, packetId, nowMs) : outgoing.numbered(form, packetId, nowMs);
  const fitting = connection.encodeFitting(topic, form, encode);
  if (!fitting) {
    drop(broker, connection, inflight, "packet-too-large"); // [MQTT5-3.1.2-25]
    return;
  }
  connection.outbox.send(fitting.bytes);
  broker.counters.publishesOut[qos] += 1;
  fitting.sent();
}

/** Ends a delivery that the client will not see. */
function drop(broker: Broker, connection: Connection, inflight: Inflight, why: DropReason): void {
  broker.counters.dropped[why] += 1;
  settleDelivery(broker, connection.session, inflight.packetId, why);
}

/** PUBREC: from now on only PUBREL is sent under this id, after a crash too [MQTT-4.3.3-1]. */
export function releaseDelivery(broker: Broker, session: Session, packetId: number): void {
  const delivery = session.lineIfAny?.inflight.get(packetId);
  const stage = delivery?.stage;
  if (stage === "storing" || stage === "releasing") return; // answered once the disk has it
  // A client that confirms what nobody knows any more is let go on: it waits for PUBREL.
  const known = delivery?.qos === 2 && stage !== "queued";
  const reasonCode = known ? reasonCodes.success : reasonCodes.packetIdentifierNotFound;
  // [MQTT-4.6.0-4] [MQTT5-4.3.3-4] [MQTT5-4.6.0-4]
  const release = () => session.connection?.send({ type: "pubrel", packetId, reasonCode });
  if (!known || stage === "released") {
    release();
    return;
  }
  const released = () => {
    delivery.stage = "released";
    if (!session.line.isToBeResent(packetId)) release();
  };
  if (delivery.sequence === 0) {
    released();
    return;
  }
  delivery.stage = "releasing";
  const change = sendChange(session.clientId, delivery.sequence, { packetId, released: true });
  store(broker.records, [change]).then(released, (error: unknown) => {
    delivery.stage = "published"; // sent again on the next connection
    broker.reportStorageError(error);
    session.connection?.close("SERVER_ERROR");
  });
}

/** The client has it, or it is `dropped` and it will not have it: forgets it, on disk too. */
export function settleDelivery(
  broker: Broker,
  session: Session,
  packetId: number,
  dropped?: DropReason,
): void {
  const delivery = session.lineIfAny?.inflight.get(packetId);
  if (!delivery) return;
  session.line.settle(packetId);
  delivery.onSettled?.(dropped);
  if (delivery.sequence === 0) return;
  const changes = removalChanges(session.clientId, delivery.sequence, delivery.qos);
  store(broker.records, changes).catch(broker.reportStorageError);
}
