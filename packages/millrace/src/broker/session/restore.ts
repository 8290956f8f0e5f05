/** What an earlier process kept of durable sessions, put back at the start. */

import type { Change } from "../../storage/mod.ts";
import type { Broker } from "../broker.ts";
import { restoreDelivery } from "../delivery/sending.ts";
import { isSpecial, sharedOptions } from "../handle/subscribe.ts";
import { accepted } from "../message.ts";
import { armDeadline } from "./deadline.ts";
import { Session } from "./session.ts";
import {
  loadQueues,
  loadReceived,
  loadSends,
  loadSessions,
  loadSubscriptions,
  removeRemains,
  sessionChange,
  store,
} from "./session-store.ts";

/** Before the first connection. Sessions whose time has passed end at once. */
export async function restoreSessions(broker: Broker): Promise<void> {
  await restoreRecords(broker);
  const orphans = new Set<string>();
  const sessionOf = (clientId: string) => broker.sessions.get(clientId);
  for await (const stored of loadSubscriptions(broker.records)) {
    const { clientId, sequenceStart, number, filter } = stored;
    broker.skipSequences(sequenceStart + 1); // of a session that has no record any more, too
    const session = sessionOf(clientId);
    if (session?.sequenceStart !== sequenceStart) {
      orphans.add(clientId);
      continue;
    }
    session.takeSubscriptionNumber(number);
    const options = sharedOptions(stored);
    session.addSubscription(broker.topics.add(session, filter, options, number));
    if (isSpecial(options)) session.specialCount += 1;
  }
  const sends = await loadSends(broker.records);
  for (const { clientId, sequence, packetId } of sends) {
    const session = sessionOf(clientId);
    if (session && sequence >= session.sequenceStart) session.line.reserve(packetId);
  }
  for await (const stored of loadQueues(broker.records, sends)) {
    const { clientId, sequence } = stored;
    broker.skipSequences(sequence + 1);
    const session = sessionOf(clientId);
    if (session && sequence >= session.sequenceStart) restoreDelivery(broker, session, stored);
    else orphans.add(clientId);
  }
  for await (const { packetId, clientId, sequenceStart, isDone } of loadReceived(broker.records)) {
    broker.skipSequences(sequenceStart + 1);
    const session = sessionOf(clientId);
    if (session?.sequenceStart === sequenceStart) {
      session.setReceived(packetId, isDone ? accepted : "delivered");
    } else orphans.add(clientId);
  }
  for (const clientId of orphans) {
    const sequenceEnd = sessionOf(clientId)?.sequenceStart ?? broker.nextSequence;
    await removeRemains(broker.records, clientId, sequenceEnd);
  }
  for (const session of broker.sessions.values()) armDeadline(broker, session);
}

async function restoreRecords(broker: Broker): Promise<void> {
  const { limits, records } = broker;
  const nowMs = broker.clock.now();
  const changes: Change[] = [];
  for (const stored of await loadSessions(records)) {
    const { sequenceStart, disconnectedAtMs = nowMs, expirySeconds } = stored;
    broker.skipSequences(sequenceStart + 1);
    const session = new Session(stored, broker);
    session.expirySeconds = Math.min(expirySeconds, limits.sessionSecondsMax);
    session.onDisk = true;
    session.will = stored.will;
    session.disconnectedAtMs = Math.min(disconnectedAtMs, nowMs);
    session.disconnectReason = stored.disconnectReason;
    session.versionNumber = stored.versionNumber ?? -1;
    broker.sessions.set(stored.clientId, session);
    // A further crash must not give a client that stays away its whole time again.
    if (stored.disconnectedAtMs === undefined) changes.push(sessionChange(session));
  }
  if (changes.length > 0) await store(records, changes);
}
