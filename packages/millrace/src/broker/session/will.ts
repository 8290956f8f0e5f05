/**
 * Wills: what a client wants to have said when it is gone without a word (3.1.2.5).
 *
 * A will waits for its delay, but not longer than its session lives [MQTT5-3.1.3-9]. That of a
 * durable session is on disk with it from the CONNECT on, so that a crash of the server does not
 * swallow it: the next start takes the clients for lost at its own moment. Whether its client may
 * say it was asked with the CONNECT; it is asked again when it is due, unless a restart has
 * forgotten with which rights the client had come.
 */

import { shortened } from "../../base/mod.ts";
import type { Broker } from "../broker.ts";
import type { Message } from "../message.ts";
import type { Session } from "./session.ts";
import { sessionChange, sessionRemoval, store } from "./session-store.ts";

export interface Will {
  /** Expiry counts from the moment it is published (3.1.3.2.4). */
  readonly message: Message;
  readonly expirySeconds: number | undefined;
  readonly delaySeconds: number;
}

/**
 * Publishes, once; `session` must no longer hold the will. With QoS 1 and 2 it leaves the disk
 * together with what it makes others be owed, so that a crash can repeat it but not swallow it.
 * With QoS 0 it leaves the disk first: a crash may swallow it, and nobody hears it twice.
 */
export function publishWill(broker: Broker, will: Will, session: Session): void {
  broker.finishBeforeEnd(publishOnce(broker, will, session));
}

async function publishOnce(broker: Broker, will: Will, session: Session): Promise<void> {
  const { message, expirySeconds } = will;
  const kept = session.durable && broker.sessions.get(session.clientId) === session;
  const change = kept ? sessionChange(session) : sessionRemoval(session.clientId);
  const first = message.qos === 0 && session.onDisk;
  if (first) await store(broker.records, [change]).catch(broker.reportStorageError);
  const expiresAtMs = expirySeconds === undefined ? undefined : broker.expiresAtMs(expirySeconds);
  const alongside = kept && !first ? [change] : [];
  const outcome = await broker.publish({ ...message, isWill: true, expiresAtMs }, alongside);
  if (outcome.accepted) return;
  const { origin } = message;
  const topic = shortened(message.topic);
  const { reason } = outcome;
  broker.logger.warn("will refused", { clientId: origin.clientId, topic, reason });
  if (alongside.length > 0) broker.saveSession(session).catch(broker.reportStorageError);
}
