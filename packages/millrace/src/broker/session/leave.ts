/** What a session does when its connection ends: keep what is owed, or end with it. */

import type { Connection, OpenState } from "../connection/connection.ts";
import type { DisconnectReason } from "../lifecycle.ts";
import { armDeadline } from "./deadline.ts";
import { publishWill } from "./will.ts";

/** Called once for each connection that was accepted. */
export function leaveSession(
  { broker, facts }: Connection,
  open: OpenState,
  reason: DisconnectReason,
): void {
  const { session, will } = open;
  open.unwatch?.();
  open.will = undefined; // [MQTT-3.1.2-10] [MQTT5-3.1.2-10]
  session.connection = undefined; // [MQTT-4.1.0-1] [MQTT-4.1.0-2] [MQTT5-4.1.0-1]
  session.disconnectedAtMs = broker.clock.now();
  session.disconnectReason = reason;
  broker.observer.disconnected(facts, reason);
  if (!session.durable) {
    broker.dropSession(session); // [MQTT-3.1.2-6] [MQTT5-3.1.2-23]
    if (will) publishWill(broker, will, session); // [MQTT-3.1.2-8] [MQTT-3.1.2-12] [MQTT5-3.1.2-8]
    return;
  }
  if (will && will.delaySeconds === 0) publishWill(broker, will, session);
  else {
    session.will = will; // [MQTT5-3.1.3-9]
    broker.saveSession(session).catch(broker.reportStorageError);
  }
  armDeadline(broker, session);
}
