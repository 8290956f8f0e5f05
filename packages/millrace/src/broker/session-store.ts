/**
 * Durable sessions on disk, over the `Records` port.
 *
 *   space `sessions`          clientId                        -> a `StoredSession`, as JSON
 *   space `session-queues`    clientId, NUL, sequence         -> a message
 *   space `session-sends`     clientId, NUL, sequence         -> packet id, released or not (QoS 2)
 *   space `session-received`  clientId, NUL, start, packet id -> nothing (QoS 2)
 *
 * A sequence takes 8 bytes; the start of a session is the first sequence it may have.
 * A client id never holds U+0000 [MQTT-1.5.3-2], so the NUL ends it and a session's line is one
 * range. A message is written before its publisher is answered and deleted after the subscriber's
 * PUBACK; a crash in between sends it again.
 */

import { concatBytes, noBytes, textOf, utf8 } from "../base/mod.ts";
import type { Change, Records } from "../storage/mod.ts";
import type { Message, QoS } from "./message.ts";
import { decodeJson, decodeMessage, encodeMessage } from "./message-bytes.ts";
import type { Session } from "./session.ts";

const sessionsSpace = "sessions";
const queuesSpace = "session-queues";
const sendsSpace = "session-sends";
const receivedSpace = "session-received";
const pageSize = 1000;

export interface StoredSession {
  readonly clientId: string;
  readonly subscriptions: readonly (readonly [filter: string, qos: QoS])[];
  readonly sequenceStart: number;
  /** Absent: it was connected when that process ended. */
  readonly disconnectedAtMs?: number | undefined;
}

export interface StoredDelivery {
  readonly clientId: string;
  readonly sequence: number;
  readonly message: Message;
  /** Where it was sent with QoS 2, or is about to be. */
  readonly send: Send | undefined;
}

export interface Send {
  readonly packetId: number;
  readonly released: boolean;
}

/** The session's own record; it goes with every change of its subscriptions or its connection. */
export function saveSession(records: Records, session: Session): Promise<void> {
  const { clientId, sequenceStart, disconnectedAtMs } = session;
  const stored: Omit<StoredSession, "clientId"> = {
    subscriptions: [...session.subscriptions.values()].map(({ filter, qos }) => [filter, qos]),
    sequenceStart,
    disconnectedAtMs,
  };
  const value = utf8(JSON.stringify(stored));
  return store(records, [{ space: sessionsSpace, key: utf8(clientId), value }]);
}

/** A session that is owed a message, with the QoS that it was granted. */
export interface Owner {
  readonly session: Session;
  readonly sequence: number;
  readonly qos: QoS;
}

/** One message in the lines of all `owners`. */
export function queueChanges(message: Message, owners: readonly Owner[]): Change[] {
  const values: (Uint8Array | undefined)[] = [];
  return owners.map(({ session, sequence, qos }) => {
    values[qos] ??= encodeMessage({ ...message, qos });
    const key = queueKey(session.clientId, sequence);
    return { space: queuesSpace, key, value: values[qos] };
  });
}

/** Under which packet id a message of QoS 2 is sent, and whether the client has confirmed it. */
export function sendChange(clientId: string, sequence: number, send: Send): Change {
  const value = new Uint8Array(3);
  new DataView(value.buffer).setUint16(0, send.packetId);
  value[2] = send.released ? 1 : 0;
  return { space: sendsSpace, key: queueKey(clientId, sequence), value };
}

export function removalChanges(clientId: string, sequence: number): Change[] {
  const key = queueKey(clientId, sequence);
  return [queuesSpace, sendsSpace].map((space) => ({ space, key, value: undefined }));
}

/** That a QoS 2 message came under this packet id, or, with `held` false, that it is over. */
export function receivedChange(
  { clientId, sequenceStart }: Pick<Session, "clientId" | "sequenceStart">,
  packetId: number,
  held: boolean,
): Change {
  const prefix = queueKey(clientId, sequenceStart);
  const key = concatBytes([prefix, new Uint8Array([packetId >> 8, packetId & 0xff])]);
  return { space: receivedSpace, key, value: held ? noBytes : undefined };
}

/**
 * Deletes the session and its line below `sequenceEnd`, where a later session of the client id
 * begins. The record goes first: what a crash leaves of the line is deleted by the next start.
 */
export async function removeSession(
  records: Records,
  clientId: string,
  sequenceEnd: number,
): Promise<void> {
  await store(records, [{ space: sessionsSpace, key: utf8(clientId), value: undefined }]);
  const from = queueKey(clientId, 0);
  const to = queueKey(clientId, sequenceEnd);
  // A line's messages go last: the next start finds by them what belongs to nobody.
  for (const space of [receivedSpace, sendsSpace, queuesSpace]) {
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
  for await (const { key, value } of everything(records, sessionsSpace)) {
    const clientId = textOf(key);
    const place = `"${sessionsSpace}" under "${clientId}"`;
    sessions.push({ clientId, ...decodeJson<Omit<StoredSession, "clientId">>(value, place) });
  }
  return sessions;
}

/** Every kept message, line by line, each line in order. */
export async function* loadQueues(records: Records): AsyncGenerator<StoredDelivery> {
  const sends = new Map<string, Send>();
  for await (const { key, value } of everything(records, sendsSpace)) {
    const { clientId, sequence } = readQueueKey(key);
    const packetId = new DataView(value.buffer, value.byteOffset).getUint16(0);
    sends.set(`${sequence} ${clientId}`, { packetId, released: value[2] === 1 });
  }
  for await (const { key, value } of everything(records, queuesSpace)) {
    const { clientId, sequence } = readQueueKey(key);
    const place = `"${queuesSpace}" under "${clientId}" at ${sequence}`;
    const send = sends.get(`${sequence} ${clientId}`);
    yield { clientId, sequence, message: decodeMessage(value, place), send };
  }
}

/**
 * Every packet id that a client has not released, with the start of the session that it was for.
 */
export async function* loadReceived(records: Records) {
  for await (const { key } of everything(records, receivedSpace)) {
    const end = key.length - 2;
    const { clientId, sequence: sequenceStart } = readQueueKey(key.subarray(0, end));
    const packetId = new DataView(key.buffer, key.byteOffset).getUint16(end);
    yield { clientId, sequenceStart, packetId };
  }
}

async function* everything(records: Records, space: string) {
  let from: Uint8Array | undefined;
  for (;;) {
    const page = await records.range({ space, from, countMax: pageSize });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    from = concatBytes([last.key, new Uint8Array([0])]);
  }
}

function queueKey(clientId: string, sequence: number): Uint8Array {
  const name = utf8(clientId);
  const key = new Uint8Array(name.length + 9);
  key.set(name);
  new DataView(key.buffer).setBigUint64(name.length + 1, BigInt(sequence));
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
