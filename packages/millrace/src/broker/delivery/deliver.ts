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
import type { Match, SubscriptionOptions } from "../topics/topic-tree.ts";
import { formOf, Outgoing } from "./outgoing.ts";
import { enqueue, sendLine, sendOrEnqueue, sendUnacknowledged } from "./sending.ts";
import { chooseMember } from "./share.ts";

export interface Reach {
  /** Whether there was a subscription. */
  readonly matched: boolean;
  /** Resolves when sessions own the message on disk; `undefined` when nothing has to wait. */
  readonly stored: Promise<void> | undefined;
}

/** In what form a session gets its copy. */
interface Terms {
  readonly retain: boolean;
  readonly identifiers: readonly number[] | undefined;
  readonly share?: string;
}

const plainTerms: Terms = { retain: false, identifiers: undefined };

/** One copy for one session. */
interface Copy extends Terms {
  readonly session: Session;
  readonly qos: QoS;
}

const nobody: Reach = { matched: false, stored: undefined };
const reached: Reach = { matched: true, stored: undefined };

/** `alongside` is stored in one transaction with what the sessions are owed. */
export function deliver(broker: Broker, message: Message, alongside: readonly Change[]): Reach {
  const match = broker.topics.match(message.topic); // [MQTT-3.3.2-3] [MQTT5-3.3.2-3]
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
  return { matched: true, stored: deliverAcknowledged(broker, message, match, alongside) };
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
        const { guard } = connection;
        if (session.specialCount > 0 || !guard) {
          special = true;
          continue;
        }
        if (!guard.mayReceive(message.topic)) {
          broker.counters.dropped["not-authorized"] += 1;
          continue;
        }
      }
      if (overlapping) {
        if (session.lastPublishNumber === publishNumber) continue;
        session.lastPublishNumber = publishNumber;
      }
      let packet: Uint8Array;
      if (connection.mqtt5) {
        packet5 ??= outgoing.packet(formOf(true, 0, false), nowMs);
        packet = packet5;
      } else {
        packet3 ??= outgoing.packet(formOf(false, 0, false), nowMs);
        packet = packet3; // [MQTT-3.3.1-9]
      }
      connection.outbox.offer(packet);
    }
  }
  if (special) deliverSpecial(broker, message, outgoing, match);
}

/** QoS 0 for those whose copy is not everybody's. */
function deliverSpecial(
  broker: Broker,
  message: Message,
  outgoing: Outgoing,
  match: Match<Session>,
): void {
  for (const copy of copiesOf(broker, message, match)) {
    const { session } = copy;
    const { connection } = session;
    if (!connection) continue;
    if (session.specialCount === 0 && (connection.plain || connection.guard)) continue;
    sendUnacknowledged(broker, connection, outgoing, copy);
  }
  for (const copy of sharedCopies(broker, message, match)) {
    const { connection } = copy.session;
    if (connection) sendUnacknowledged(broker, connection, outgoing, copy);
  }
}

function deliverAcknowledged(
  broker: Broker,
  message: Message,
  match: Match<Session>,
  alongside: readonly Change[],
): Promise<void> | undefined {
  const handing = new Handing(broker, message, new Outgoing(message));
  const { subscribers, groups } = match;
  const [only] = subscribers;
  if (only && subscribers.length === 1) {
    const { clientId } = message.origin;
    for (const { subscriber: session, options } of only) {
      if (options.noLocal && session.clientId === clientId) continue; // [MQTT5-3.8.3-3]
      const qos = Math.min(options.qos, message.qos) as QoS;
      if (message.retain) handing.give(session, qos, termsOf(message, options));
      else handing.give(session, qos, options.identifiers ? termsOf(message, options) : plainTerms);
    }
  } else if (only) {
    for (const copy of copiesOf(broker, message, match)) handing.give(copy.session, copy.qos, copy);
  }
  if (groups.length > 0) {
    for (const copy of sharedCopies(broker, message, match)) {
      handing.give(copy.session, copy.qos, copy);
    }
  }
  return handing.finish(alongside, isSentAgain(message));
}

/** Whether somebody hears that a message was not taken, and may send it again. */
function isSentAgain({ origin, isWill }: Message): boolean {
  return !isWill && !origin.internal && origin.ruleDepth === 0;
}

function termsOf(
  { retain }: Message,
  { retainAsPublished, identifiers }: SubscriptionOptions,
): Terms {
  return { retain: retain && retainAsPublished, identifiers };
}

/** One message on its way into the lines of many sessions, and onto the disk for some. */
export class Handing {
  readonly #broker: Broker;
  readonly #message: Message;
  readonly #outgoing: Outgoing;
  readonly #owners: Owner[] = [];
  #kept = false;
  /**
   * With QoS 1, one for all sessions that end with their connection: how far a delivery is matters
   * to the connection that comes after.
   */
  #plain: Delivery | undefined;

  constructor(broker: Broker, message: Message, outgoing: Outgoing) {
    this.#broker = broker;
    this.#message = message;
    this.#outgoing = outgoing;
  }

  give(session: Session, qos: QoS, terms: Terms): void {
    const { retain, identifiers, share } = terms;
    const outgoing = this.#outgoing;
    const broker = this.#broker;
    if (qos === 0) {
      const { connection } = session;
      if (connection) sendUnacknowledged(broker, connection, outgoing, terms);
      return;
    }
    this.#kept = true;
    const { durable } = session;
    const sequence = durable ? broker.takeSequence() : 0;
    const stage = "queued";
    if (!durable && qos === 1 && terms === plainTerms) {
      this.#plain ??= { outgoing, qos, retain, identifiers, share, sequence, stage };
      sendOrEnqueue(broker, session, this.#plain);
      return;
    }
    const delivery: Delivery = { outgoing, qos, retain, identifiers, share, sequence, stage };
    if (!durable) sendOrEnqueue(broker, session, delivery);
    else if (enqueue(broker, session, delivery)) {
      // [MQTT-3.1.2-5] [MQTT-4.5.0-1] [MQTT5-4.5.0-1]
      this.#owners.push({ session, sequence, qos, retain, identifiers, share });
    }
  }

  /**
   * Resolves once durable sessions have it on disk; `undefined` when nothing has to wait. When the
   * disk refuses it, it stays in their lines for the life of this process, unless it `comesAgain`.
   */
  finish(alongside: readonly Change[], comesAgain = false): Promise<void> | undefined {
    if (this.#kept) this.#outgoing.own();
    const owners = this.#owners;
    if (owners.length + alongside.length === 0) return undefined;
    const changes = [...alongside, ...queueChanges(this.#message, owners)];
    const stored = store(this.#broker.records, changes);
    if (comesAgain && owners.length > 0) stored.catch(() => this.#withdraw());
    // After the append, so that the deletion that follows a PUBACK comes behind it on disk.
    for (const { session } of owners) sendLine(this.#broker, session);
    return stored;
  }

  /** Takes it out of the lines again, which may make room for what came after it. */
  #withdraw(): void {
    for (const { session, sequence } of this.#owners) session.lineIfAny?.withdraw(sequence);
    for (const { session } of this.#owners) sendLine(this.#broker, session);
  }
}

/** Each session once, with what its filters say together. */
function copiesOf(broker: Broker, message: Message, match: Match<Session>): Copy[] {
  const publishNumber = broker.nextPublishNumber();
  const { clientId } = message.origin;
  const sessions: Session[] = [];
  for (const subscriptions of match.subscribers) {
    for (const { subscriber: session, options } of subscriptions) {
      if (options.noLocal && session.clientId === clientId) continue; // [MQTT5-3.8.3-3]
      if (session.lastPublishNumber !== publishNumber) {
        session.lastPublishNumber = publishNumber;
        session.matchedQos = 0;
        session.matchedRetain = false;
        session.matchedIdentifiers = undefined;
        sessions.push(session);
      }
      addMatched(session, options);
    }
  }
  return sessions.map((session) => ({
    session,
    qos: Math.min(message.qos, session.matchedQos) as QoS, // [MQTT5-3.8.4-8] [MQTT-3.8.4-6]
    retain: message.retain && session.matchedRetain, // [MQTT5-3.3.1-12] [MQTT5-3.3.1-13]
    identifiers: session.matchedIdentifiers,
  }));
}

function addMatched(session: Session, options: SubscriptionOptions): void {
  const { qos, retainAsPublished, identifiers } = options;
  if (qos > session.matchedQos) session.matchedQos = qos;
  if (retainAsPublished) session.matchedRetain = true;
  if (!identifiers) return;
  const others = session.matchedIdentifiers ?? [];
  session.matchedIdentifiers = [...others, ...identifiers]; // [MQTT5-3.3.4-4]
}

/** One copy for each share, for the member whose turn it is. */
function sharedCopies(broker: Broker, message: Message, match: Match<Session>): Copy[] {
  return match.groups.flatMap((group) => {
    const copy = chooseMember(group, message);
    if (!copy) broker.counters.dropped["nobody-there"] += 1;
    return copy ? [copy] : [];
  });
}
