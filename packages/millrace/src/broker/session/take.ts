/** Which session a new connection goes on with: the one that was kept, or a new one (3.1.2.4). */

import type { ProtocolLevel } from "@millrace/mqtt";
import type { Change } from "../../storage/mod.ts";
import type { Broker } from "../broker.ts";
import { cancelDeadline } from "./deadline.ts";
import { Session } from "./session.ts";
import { sessionChange, sessionRemoval } from "./session-store.ts";

export interface SessionWish {
  readonly cleanStart: boolean;
  readonly protocolLevel: ProtocolLevel;
  readonly expirySeconds: number;
}

export interface TakenSession {
  readonly session: Session;
  readonly present: boolean;
  /** What must be on disk before the client hears of it; asked for once it is connected. */
  readonly changes: () => Change[];
  /** What the session was, for a client that is refused: a new one ends with its connection. */
  readonly before: Pick<Session, "expirySeconds" | "onDisk" | "will">;
}

/** The client id must have no connection any more. */
export function takeSession(broker: Broker, clientId: string, wish: SessionWish): TakenSession {
  const { cleanStart, protocolLevel, expirySeconds } = wish;
  const known = broker.sessions.get(clientId); // [MQTT-3.1.3-2] [MQTT5-3.1.3-2]
  const wasOnDisk = known?.onDisk === true || broker.removing.has(clientId);
  const sameVersion = known && known.protocolLevel === protocolLevel;
  const goesOn = known && !cleanStart && (sameVersion || broker.limits.sessionsCrossVersions);
  if (known && !goesOn) broker.dropSession(known); // [MQTT-3.1.2-6] [MQTT5-3.1.2-4]
  // [MQTT5-3.1.2-5] [MQTT5-3.1.2-6]
  const session = goesOn ? known : newSession(broker, clientId, wish); // [MQTT-3.1.2-4]
  const { expirySeconds: earlierSeconds, onDisk, will } = session;
  const before = { expirySeconds: goesOn ? earlierSeconds : 0, onDisk, will };
  cancelDeadline(session);
  session.will = undefined; // the client is back before its delay has passed [MQTT5-3.1.3-9]
  session.protocolLevel = protocolLevel;
  session.expirySeconds = expirySeconds;
  session.onDisk = session.durable;
  const changes = () => {
    if (session.durable) return [sessionChange(session)];
    return wasOnDisk ? [sessionRemoval(clientId)] : [];
  };
  return { session, present: goesOn === true, changes, before };
}

function newSession(broker: Broker, clientId: string, wish: SessionWish): Session {
  const { protocolLevel, expirySeconds } = wish;
  const sequenceStart = broker.takeSequence(); // its own: what an earlier session left lies below
  const session = new Session({ clientId, protocolLevel, expirySeconds, sequenceStart }, broker);
  session.versionNumber = broker.departures.take(clientId)?.versionNumber ?? -1;
  broker.sessions.set(clientId, session);
  return session;
}
