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
  removalChanges,
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
  for (const clientId of await restoreLines(broker)) orphans.add(clientId);
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

/** Answers with the client ids that messages are left of, and no session. */
async function restoreLines(broker: Broker): Promise<Set<string>> {
  const { records, sessions } = broker;
  const orphans = new Set<string>();
  const sends = await loadSends(records);
  for (const { clientId, sequence, packetId } of sends) {
    broker.skipSequences(sequence + 1); // its message may never have come onto the disk
    const session = sessions.get(clientId);
    if (session && sequence >= session.sequenceStart) session.line.reserve(packetId);
  }
  const unpaired = new Set(sends);
  for await (const stored of loadQueues(records, sends)) {
    const { clientId, sequence, send } = stored;
    broker.skipSequences(sequence + 1);
    if (send) unpaired.delete(send);
    const session = sessions.get(clientId);
    if (session && sequence >= session.sequenceStart) restoreDelivery(broker, session, stored);
    else orphans.add(clientId);
  }
  for (const session of sessions.values()) session.lineIfAny?.endReserving();
  const changes = [...unpaired].flatMap(({ clientId, sequence }) => {
    return removalChanges(clientId, sequence);
  });
  if (changes.length > 0) await store(records, changes);
  return orphans;
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
