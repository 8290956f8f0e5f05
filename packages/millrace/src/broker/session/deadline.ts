/**
 * What happens to a session that nobody comes back to: its will is published, then it ends.
 *
 * One timer for each session without a connection, set to whichever comes first.
 */

import type { Timer } from "../../base/mod.ts";
import type { Broker } from "../broker.ts";
import type { Session } from "./session.ts";
import { publishWill } from "./will.ts";

export type Deadline = Timer;

/** The longest that timers can be set to; a later deadline is looked at again then. */
const timerMsMax = 2 ** 31 - 1;

/** Sets the session's timer anew; without a connection only. */
export function armDeadline(broker: Broker, session: Session): void {
  session.deadline?.cancel();
  const { disconnectedAtMs, will, expirySeconds } = session;
  if (disconnectedAtMs === undefined) return;
  const secondsLeft = Math.min(will ? will.delaySeconds : Number.POSITIVE_INFINITY, expirySeconds);
  const delayMs = disconnectedAtMs + secondsLeft * 1000 - broker.clock.now();
  const wait = Math.min(Math.max(delayMs, 0), timerMsMax);
  session.deadline = broker.clock.after(wait, () => passDeadline(broker, session));
}

export function cancelDeadline(session: Session): void {
  session.deadline?.cancel();
  session.deadline = undefined;
}

function passDeadline(broker: Broker, session: Session): void {
  session.deadline = undefined;
  const { disconnectedAtMs, will, expirySeconds } = session;
  const current = broker.sessions.get(session.clientId) === session;
  if (disconnectedAtMs === undefined || !current || broker.closed) return;
  const awaySeconds = (broker.clock.now() - disconnectedAtMs) / 1000;
  if (awaySeconds >= expirySeconds) {
    broker.counters.sessionsExpired += 1;
    broker.dropSession(session); // [MQTT5-4.1.0-2]
    return;
  }
  if (will && awaySeconds >= will.delaySeconds) {
    session.will = undefined;
    publishWill(broker, will, session);
  }
  armDeadline(broker, session);
}
