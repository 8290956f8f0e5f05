/**
 * Durable sessions on disk, over the `Records` port.
 *
 *   space `sessions`        clientId                       -> a `StoredSession`, as JSON
 *   space `session-queues`  clientId, NUL, 8-byte sequence -> a message
 *
 * A client id never holds U+0000 [MQTT-1.5.3-2], so the NUL ends it and a session's line is one
 * range. A message is written before its publisher is answered and deleted after the subscriber's
 * PUBACK; a crash in between sends it again.
 */

import { concatBytes, textOf, utf8 } from "../base/mod.ts";
import type { Change, Records } from "../storage/mod.ts";
import type { Message, QoS } from "./message.ts";
import { decodeJson, decodeMessage, encodeMessage } from "./message-bytes.ts";
import type { Session } from "./session.ts";

const sessionsSpace = "sessions";
const queuesSpace = "session-queues";
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
  return write(records, [{ space: sessionsSpace, key: utf8(clientId), value }]);
}

/** Appends one message to the lines of all `owners`, in one transaction. */
export function appendToQueues(
  records: Records,
  message: Message,
  owners: readonly { readonly session: Session; readonly sequence: number }[],
): Promise<void> {
  const value = encodeMessage(message);
  return write(
    records,
    owners.map(({ session, sequence }) => ({
      space: queuesSpace,
      key: queueKey(session.clientId, sequence),
      value,
    })),
  );
}

export function removeFromQueue(
  records: Records,
  clientId: string,
  sequence: number,
): Promise<void> {
  return write(records, [
    { space: queuesSpace, key: queueKey(clientId, sequence), value: undefined },
  ]);
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
  await write(records, [{ space: sessionsSpace, key: utf8(clientId), value: undefined }]);
  const from = queueKey(clientId, 0);
  const to = queueKey(clientId, sequenceEnd);
  for (;;) {
    const page = await records.range({ space: queuesSpace, from, to, countMax: pageSize });
    if (page.length === 0) return;
    await write(
      records,
      page.map(({ key }) => ({ space: queuesSpace, key, value: undefined })),
    );
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
  for await (const { key, value } of everything(records, queuesSpace)) {
    const end = key.length - 9;
    const sequence = Number(new DataView(key.buffer, key.byteOffset).getBigUint64(end + 1));
    const clientId = textOf(key.subarray(0, end));
    const place = `"${queuesSpace}" under "${clientId}" at ${sequence}`;
    yield { clientId, sequence, message: decodeMessage(value, place) };
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

function write(records: Records, changes: readonly Change[]): Promise<void> {
  return records.update([], () => ({ changes, result: undefined }));
}
