/**
 * From a message to the clients it reaches.
 *
 * A session that several filters lead to gets one copy, with the highest QoS and every
 * subscription identifier [MQTT-3.3.5-1] [MQTT5-3.3.4-2]; each share gets one of its own.
 *
 * The loop over a room is the hottest of the server: most subscribers want QoS 0 and nothing
 * special, and for those it is an array, a comparison, and the same bytes put into each outbox.
 */

import type { Change } from "../../storage/mod.ts";
import type { Broker } from "../broker.ts";
import type { Message, QoS } from "../message.ts";
import type { Delivery } from "../session/line.ts";
import type { Session } from "../session/session.ts";
import { type Owner, queueChanges, store } from "../session/session-store.ts";
import type { ShareGroup } from "../topics/share-group.ts";
import type { Match, Subscription } from "../topics/topic-tree.ts";
import { Outgoing } from "./outgoing.ts";
import { enqueue, sendLine, sendUnacknowledged } from "./sending.ts";
import { chooseMember } from "./share.ts";

export interface Reach {
  /** Whether there was a subscription. */
  readonly matched: boolean;
  /** Resolves when sessions own the message on disk; `undefined` when nothing has to wait. */
  readonly stored: Promise<void> | undefined;
}

/** One copy for one session. */
interface Copy {
  readonly session: Session;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly identifiers: readonly number[] | undefined;
  readonly share?: ShareGroup<Session>;
}

const nobody: Reach = { matched: false, stored: undefined };
const reached: Reach = { matched: true, stored: undefined };

/** `alongside` is stored in one transaction with what the sessions are owed. */
export function deliver(broker: Broker, message: Message, alongside: readonly Change[]): Reach {
  const match = broker.topics.match(message.topic);
  if (match.subscribers.length + match.groups.length === 0) {
    return alongside.length === 0
      ? nobody
      : { ...nobody, stored: store(broker.records, alongside) };
  }
  if (message.qos === 0) {
    deliverUnacknowledged(broker, message, match);
    return alongside.length === 0
      ? reached
      : { ...reached, stored: store(broker.records, alongside) };
  }
  const outgoing = new Outgoing(message);
  const copies = [...copiesOf(broker, message, match), ...sharedCopies(broker, message, match)];
  return { matched: true, stored: deliverCopies(broker, outgoing, copies, alongside) };
}

function deliverUnacknowledged(broker: Broker, message: Message, match: Match<Session>): void {
  const outgoing = new Outgoing(message);
  const nowMs = message.expiresAtMs === undefined ? 0 : broker.clock.now();
  const overlapping = match.subscribers.length > 1;
  const publishNumber = broker.nextPublishNumber();
  let packet3: Uint8Array | undefined;
  let packet5: Uint8Array | undefined;
  let special = match.groups.length > 0;
  for (const subscriptions of match.subscribers) {
    for (const { subscriber: session } of subscriptions) {
      const { connection } = session;
      if (!connection) continue;
      if (session.specialCount > 0 || !connection.plain) {
        special = true;
        continue;
      }
      if (overlapping) {
        if (session.lastPublishNumber === publishNumber) continue;
        session.lastPublishNumber = publishNumber;
      }
      let packet: Uint8Array;
      if (connection.mqtt5) {
        packet5 ??= outgoing.packet({ mqtt5: true, qos: 0, retain: false }, nowMs);
        packet = packet5;
      } else {
        packet3 ??= outgoing.packet({ mqtt5: false, qos: 0, retain: false }, nowMs);
        packet = packet3; // [MQTT-3.3.1-9]
      }
      connection.outbox.offer(packet);
    }
  }
  if (special) deliverSpecial(broker, outgoing, match);
}

/** QoS 0 for those whose copy is not everybody's. */
function deliverSpecial(broker: Broker, outgoing: Outgoing, match: Match<Session>): void {
  const { message } = outgoing;
  for (const copy of copiesOf(broker, message, match)) {
    const { session } = copy;
    const { connection } = session;
    if (!connection || (session.specialCount === 0 && connection.plain)) continue;
    sendUnacknowledged(broker, connection, outgoing, copy);
  }
  for (const copy of sharedCopies(broker, message, match)) {
    const { connection } = copy.session;
    if (connection) sendUnacknowledged(broker, connection, outgoing, copy);
  }
}

/** Hands each session its copy; a durable one then has it on disk before the promise resolves. */
export function deliverCopies(
  broker: Broker,
  outgoing: Outgoing,
  copies: readonly Copy[],
  alongside: readonly Change[],
): Promise<void> | undefined {
  const owners: Owner[] = [];
  for (const copy of copies) {
    const { session, qos, retain, identifiers, share } = copy;
    if (qos === 0) {
      const { connection } = session;
      if (connection) sendUnacknowledged(broker, connection, outgoing, copy);
      continue;
    }
    outgoing.own();
    const sequence = session.durable ? broker.takeSequence() : 0;
    const stage = "queued";
    const delivery: Delivery = { outgoing, qos, retain, identifiers, share, sequence, stage };
    if (!enqueue(broker, session, delivery)) continue;
    if (session.durable) owners.push({ ...copy, sequence });
    else sendLine(broker, session);
  }
  if (owners.length + alongside.length === 0) return undefined;
  const changes = [...alongside, ...queueChanges(outgoing.message, owners)];
  const stored = store(broker.records, changes);
  // After the append, so that the deletion that follows a PUBACK comes behind it on disk.
  for (const { session } of owners) sendLine(broker, session);
  return stored;
}

/** Each session once, with what its filters say together. */
function copiesOf(broker: Broker, message: Message, match: Match<Session>): Copy[] {
  const publishNumber = broker.nextPublishNumber();
  const { clientId } = message.origin;
  const sessions: Session[] = [];
  for (const subscriptions of match.subscribers) {
    for (const subscription of subscriptions) {
      const { subscriber: session, noLocal } = subscription;
      if (noLocal && session.clientId === clientId) continue; // [MQTT5-3.8.3-3]
      if (session.lastPublishNumber !== publishNumber) {
        session.lastPublishNumber = publishNumber;
        session.matchedQos = 0;
        session.matchedRetain = false;
        session.matchedIdentifiers = undefined;
        sessions.push(session);
      }
      addMatched(session, subscription);
    }
  }
  return sessions.map((session) => ({
    session,
    qos: Math.min(message.qos, session.matchedQos) as QoS, // [MQTT5-3.8.4-8]
    retain: message.retain && session.matchedRetain, // [MQTT5-3.3.1-12] [MQTT5-3.3.1-13]
    identifiers: session.matchedIdentifiers,
  }));
}

function addMatched(session: Session, subscription: Subscription<Session>): void {
  const { qos, retainAsPublished, identifier } = subscription;
  if (qos > session.matchedQos) session.matchedQos = qos;
  if (retainAsPublished) session.matchedRetain = true;
  if (identifier === undefined) return;
  session.matchedIdentifiers ??= [];
  session.matchedIdentifiers.push(identifier); // [MQTT5-3.3.4-5]
}

/** One copy for each share, for the member whose turn it is. */
function sharedCopies(broker: Broker, message: Message, match: Match<Session>): Copy[] {
  return match.groups.flatMap((group) => {
    const copy = chooseMember(group, message);
    if (!copy) broker.counters.dropped["nobody-there"] += 1;
    return copy ? [copy] : [];
  });
}
