/** Rule M4, and for shares M5 too: what must have arrived once everything has had time to. */

import { type Moment, never, type SimulatedMessage } from "./messages.ts";
import type { SessionModel } from "./session-model.ts";
import type { GrantRange } from "./subscriptions.ts";

/** What is missing, a line each. */
export function findMissing(
  sessions: readonly SessionModel[],
  messages: readonly SimulatedMessage[],
  now: Moment,
): string[] {
  const owed = messages.filter(isOwned);
  const direct = sessions.flatMap((session) =>
    owed
      .filter((message) => isOwed(session, message) && !session.hasGot(message, now))
      .map(({ name }) => `"${name}" never arrived at ${session.clientId}`),
  );
  const shares = new Set(sessions.flatMap(({ subscriptions }) => [...subscriptions.shares]));
  const shared = [...shares].flatMap((share) =>
    owed.flatMap((message) => problemOfShare(share, sessions, message, now) ?? []),
  );
  return [...direct, ...shared];
}

/** Acknowledged, not expiring, and told from others by its payload. */
function isOwned(message: SimulatedMessage): boolean {
  const { qos, ownedAt, payload, expirySeconds, inCalm } = message;
  const isKept = ownedAt !== never && (qos > 0 || inCalm);
  return isKept && payload !== "" && expirySeconds === undefined;
}

/** Whether a subscription obliges the broker; one of QoS 0 does in calm weather alone. */
function obliges(grant: GrantRange, { qos }: SimulatedMessage): boolean {
  return grant.lowest > 0 || (qos === 0 && grant.lowest === 0);
}

function isOwed(session: SessionModel, message: SimulatedMessage): boolean {
  if (!session.isSound || message.sentAt <= session.blindUntil) return false;
  return obliges(session.grantOf(message, message.ownedAt), message);
}

/** One member of a share gets the message, as long as none of them has ended. */
function problemOfShare(
  share: string,
  sessions: readonly SessionModel[],
  message: SimulatedMessage,
  now: Moment,
): string | undefined {
  const grants = sessions.flatMap((session) => {
    const grant = session.grantOf(message, message.ownedAt, share);
    return grant.highest >= 0 ? [{ session, ...grant }] : [];
  });
  const isJudged = grants.every(({ session }) => {
    const ways = [undefined, ...session.subscriptions.shares].filter((way) => way !== share);
    const another = ways.some((way) => session.grantOf(message, message.ownedAt, way).highest >= 0);
    return session.isSound && !another && message.sentAt > session.blindUntil;
  });
  if (!isJudged || !grants.some((grant) => obliges(grant, message))) return undefined;
  // A member of QoS 0 may have been chosen, and may have lost it.
  if (message.qos > 0 && grants.some(({ mayBeQos0 }) => mayBeQos0)) return undefined;
  const receivers = grants.filter(({ session }) => session.hasGot(message, now));
  const names = receivers.map(({ session }) => session.clientId).join(", ");
  if (receivers.length === 0) return `"${message.name}" never arrived at ${share}`;
  const exactlyOnce = message.qos === 2 && grants.every(({ lowest }) => lowest === 2);
  if (exactlyOnce && receivers.length > 1) return `"${message.name}" arrived at ${names}`;
  return undefined;
}
