/**
 * Durable sessions on disk, over the `Records` port.
 *
 *   space `sessions`               clientId                         -> a `SessionRecord`, as JSON
 *   space `session-subscriptions`  clientId, NUL, start, number     -> a subscription, as JSON
 *   space `session-queues`         clientId, NUL, sequence          -> a message
 *   space `session-sends`          clientId, NUL, sequence          -> packet id, released (QoS 2)
 *   space `session-received`       clientId, NUL, start, packet id  -> nothing, or a byte while
 *                                                  taps may not have dealt with it (QoS 2)
 *
 * A sequence takes 8 bytes; the start of a session is the first sequence it may have.
 * A client id never holds U+0000 [MQTT-1.5.3-2], so the NUL ends it and a session's line is one
 * range. A message is written before its publisher is answered and deleted after the subscriber's
 * PUBACK; a crash in between sends it again.
 */

import type { ProtocolLevel } from "@millrace/mqtt";
import { concatBytes, fromBase64, noBytes, textOf, toBase64, utf8 } from "../../base/mod.ts";
import { type Change, entriesOf, type Records } from "../../storage/mod.ts";
import type { DisconnectReason } from "../lifecycle.ts";
import type { Message, QoS } from "../message.ts";
import type { Subscription, SubscriptionOptions } from "../topics/topic-tree.ts";
import { type DecodedMessage, decodeJson, decodeMessage, encodeMessage } from "./message-bytes.ts";
import type { Session } from "./session.ts";
import type { Will } from "./will.ts";

const sessionsSpace = "sessions";
const subscriptionsSpace = "session-subscriptions";
const queuesSpace = "session-queues";
const sendsSpace = "session-sends";
const receivedSpace = "session-received";
const pageSize = 1000;

interface SessionRecord {
  readonly protocolLevel: ProtocolLevel;
  readonly expirySeconds: number;
  readonly sequenceStart: number;
  /** Absent: it was connected when that process ended. */
  readonly disconnectedAtMs?: number | undefined;
  readonly disconnectReason?: DisconnectReason | undefined;
  readonly versionNumber?: number;
  readonly will?: Omit<Will, "message"> & { readonly message: string };
}

export interface StoredSession extends Omit<SessionRecord, "will"> {
  readonly clientId: string;
  readonly will: Will | undefined;
}

export interface StoredSubscription extends SubscriptionOptions {
  readonly clientId: string;
  readonly sequenceStart: number;
  readonly number: number;
  readonly filter: string;
}

export interface StoredDelivery extends DecodedMessage {
  readonly clientId: string;
  readonly sequence: number;
  /** Where it was sent with QoS 2, or is about to be. */
  readonly send: StoredSend | undefined;
}

export interface Send {
  readonly packetId: number;
  readonly released: boolean;
}

export interface StoredSend extends Send {
  readonly clientId: string;
  readonly sequence: number;
}

/** The session's own record; it goes with every connection that begins or ends. */
export function sessionChange(session: Session): Change {
  const { clientId, protocolLevel, expirySeconds, sequenceStart } = session;
  const { disconnectedAtMs, disconnectReason, versionNumber } = session;
  const will = session.connection?.open?.will ?? session.will;
  const record: SessionRecord = {
    protocolLevel,
    expirySeconds,
    sequenceStart,
    disconnectedAtMs,
    disconnectReason,
    versionNumber,
    ...(will && { will: { ...will, message: toBase64(encodeMessage(will.message)) } }),
  };
  const value = utf8(JSON.stringify(record));
  return { space: sessionsSpace, key: utf8(clientId), value };
}

type Kept = Pick<Session, "clientId" | "sequenceStart">;

export function subscriptionChange(session: Kept, subscription: Subscription<Session>): Change {
  const { number, filter, options } = subscription;
  const stored = { filter, ...options };
  const key = subscriptionKey(session, number);
  return { space: subscriptionsSpace, key, value: utf8(JSON.stringify(stored)) };
}

export function subscriptionRemoval(session: Kept, number: number): Change {
  return { space: subscriptionsSpace, key: subscriptionKey(session, number), value: undefined };
}

/** A session that is owed a message, in the form that it is owed. */
export interface Owner {
  readonly session: Session;
  readonly sequence: number;
  readonly qos: QoS;
  readonly retain: boolean;
  readonly identifiers: readonly number[] | undefined;
  readonly share: string | undefined;
}

/** One message in the lines of all `owners`. */
export function queueChanges(message: Message, owners: readonly Owner[]): Change[] {
  const values = new Map<string, Uint8Array>();
  return owners.map(({ session, sequence, qos, retain, identifiers, share }) => {
    const form = `${qos} ${retain} ${identifiers} ${share}`;
    let value = values.get(form);
    if (!value) {
      value = encodeMessage({ ...message, qos, retain }, { identifiers, share });
      values.set(form, value);
    }
    return { space: queuesSpace, key: queueKey(session.clientId, sequence), value };
  });
}

/** Under which packet id a message of QoS 2 is sent, and whether the client has confirmed it. */
export function sendChange(clientId: string, sequence: number, send: Send): Change {
  const value = new Uint8Array(3);
  new DataView(value.buffer).setUint16(0, send.packetId);
  value[2] = send.released ? 1 : 0;
  return { space: sendsSpace, key: queueKey(clientId, sequence), value };
}

/** That a message is no longer owed; only one of QoS 2 has left a send. */
export function removalChanges(clientId: string, sequence: number, qos: QoS = 2): Change[] {
  const key = queueKey(clientId, sequence);
  const spaces = qos === 2 ? [queuesSpace, sendsSpace] : [queuesSpace];
  return spaces.map((space) => ({ space, key, value: undefined }));
}

/**
 * How far a QoS 2 message from a client is: sessions are owed it; taps have dealt with it too; the
 * client has released it.
 */
export type ReceivedStage = "delivered" | "done" | "released";

const receivedValues = { delivered: new Uint8Array([1]), done: noBytes, released: undefined };

/** How far the QoS 2 message is that came under this packet id. */
export function receivedChange(
  { clientId, sequenceStart }: Kept,
  packetId: number,
  stage: ReceivedStage,
): Change {
  const prefix = queueKey(clientId, sequenceStart);
  const key = concatBytes([prefix, new Uint8Array([packetId >> 8, packetId & 0xff])]);
  return { space: receivedSpace, key, value: receivedValues[stage] };
}

export function sessionRemoval(clientId: string): Change {
  return { space: sessionsSpace, key: utf8(clientId), value: undefined };
}

/**
 * Deletes what lies of the client id's sessions below `sequenceEnd`, where a later one begins. The
 * record must be gone or replaced before: what a crash leaves is deleted by the next start.
 */
export async function removeRemains(
  records: Records,
  clientId: string,
  sequenceEnd: number,
): Promise<void> {
  const from = queueKey(clientId, 0);
  const to = queueKey(clientId, sequenceEnd);
  // A line's messages go last: the next start finds by them what belongs to nobody.
  for (const space of [subscriptionsSpace, receivedSpace, sendsSpace, queuesSpace]) {
    for (;;) {
      const page = await records.range({ space, from, to, countMax: pageSize });
      if (page.length === 0) break;
      await store(
        records,
        page.map(({ key }) => ({ space, key, value: undefined })),
      );
    }
  }
}

export async function loadSessions(records: Records): Promise<StoredSession[]> {
  const sessions: StoredSession[] = [];
  for await (const { key, value } of entriesOf(records, { space: sessionsSpace })) {
    const clientId = textOf(key);
    const place = `"${sessionsSpace}" under "${clientId}"`;
    const { will, ...record } = decodeJson<SessionRecord>(value, place);
    sessions.push({ clientId, ...record, will: will && readWill(will, place) });
  }
  return sessions;
}

function readWill(will: NonNullable<SessionRecord["will"]>, place: string): Will {
  const bytes = fromBase64(will.message) ?? noBytes;
  return { ...will, message: decodeMessage(bytes, place).message };
}

export async function* loadSubscriptions(records: Records): AsyncGenerator<StoredSubscription> {
  for await (const { key, value } of entriesOf(records, { space: subscriptionsSpace })) {
    const end = key.length - 4;
    const { clientId, sequence: sequenceStart } = readQueueKey(key.subarray(0, end));
    const number = new DataView(key.buffer, key.byteOffset).getUint32(end);
    const place = `"${subscriptionsSpace}" under "${clientId}" at ${number}`;
    const stored = decodeJson<SubscriptionOptions & { filter: string }>(value, place);
    yield { ...stored, clientId, sequenceStart, number };
  }
}

/** Every packet id under which a message of QoS 2 was sent, or is about to be. */
export async function loadSends(records: Records): Promise<StoredSend[]> {
  const sends: StoredSend[] = [];
  for await (const { key, value } of entriesOf(records, { space: sendsSpace })) {
    const packetId = new DataView(value.buffer, value.byteOffset).getUint16(0);
    sends.push({ ...readQueueKey(key), packetId, released: value[2] === 1 });
  }
  return sends;
}

/** Every kept message, line by line, each line in order, with its send among those. */
export async function* loadQueues(
  records: Records,
  allSends: readonly StoredSend[],
): AsyncGenerator<StoredDelivery> {
  const sends = new Map(allSends.map((send) => [`${send.sequence} ${send.clientId}`, send]));
  for await (const { key, value } of entriesOf(records, { space: queuesSpace })) {
    const { clientId, sequence } = readQueueKey(key);
    const place = `"${queuesSpace}" under "${clientId}" at ${sequence}`;
    const send = sends.get(`${sequence} ${clientId}`);
    yield { clientId, sequence, ...decodeMessage(value, place), send };
  }
}

/**
 * Every packet id that a client has not released, with the start of the session that it was for,
 * and whether taps have dealt with its message.
 */
export async function* loadReceived(records: Records) {
  for await (const { key, value } of entriesOf(records, { space: receivedSpace })) {
    const end = key.length - 2;
    const { clientId, sequence: sequenceStart } = readQueueKey(key.subarray(0, end));
    const packetId = new DataView(key.buffer, key.byteOffset).getUint16(end);
    yield { clientId, sequenceStart, packetId, isDone: value.length === 0 };
  }
}

function subscriptionKey({ clientId, sequenceStart }: Kept, number: number): Uint8Array {
  const suffix = new Uint8Array(4);
  new DataView(suffix.buffer).setUint32(0, number);
  return concatBytes([queueKey(clientId, sequenceStart), suffix]);
}

function queueKey(clientId: string, sequence: number): Uint8Array {
  const name = utf8(clientId);
  const key = new Uint8Array(name.length + 9);
  key.set(name);
  // By hand: a DataView makes the runtime move the small array, at five times the cost.
  let rest = sequence;
  for (let at = key.length - 1; rest > 0; at -= 1) {
    key[at] = rest;
    rest = Math.floor(rest / 256);
  }
  return key;
}

function readQueueKey(key: Uint8Array): { clientId: string; sequence: number } {
  const end = key.length - 9;
  const sequence = Number(new DataView(key.buffer, key.byteOffset).getBigUint64(end + 1));
  return { clientId: textOf(key.subarray(0, end)), sequence };
}

/** All or none of the changes. */
export function store(records: Records, changes: readonly Change[]): Promise<void> {
  return records.update([], () => ({ changes, result: undefined }));
}
