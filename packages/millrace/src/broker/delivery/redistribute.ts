/** What the members of a shared subscription inherit from one whose session has ended. */

import type { Broker } from "../broker.ts";
import type { Delivery } from "../session/line.ts";
import type { Session } from "../session/session.ts";
import { Handing } from "./deliver.ts";
import { chooseMember } from "./share.ts";

/**
 * Empties the session's line. What came to it through a share and was never sent goes to another
 * member, and so does what it was sent with QoS 1 and has not acknowledged (MQTT 5, 4.8.2); the
 * rest was its own, and ends with it.
 */
export function redistribute(broker: Broker, session: Session): void {
  const { lineIfAny: line } = session;
  if (!line) return;
  const { inflight, queued } = line.drain();
  for (const delivery of inflight) if (mayBegin(delivery)) handOn(broker, delivery);
  for (const delivery of queued) {
    if (!handOn(broker, delivery)) broker.counters.dropped["session-ended"] += 1;
  }
}

/** QoS 2 is nobody else's once it was sent [MQTT5-4.8.2-5]. */
function mayBegin({ qos, stage }: Delivery): boolean {
  return qos === 1 || stage === "queued" || stage === "storing";
}

/** False when it came through no share, or there is nobody else who can take it. */
function handOn(broker: Broker, { share, outgoing, qos, retain }: Delivery): boolean {
  const group = share === undefined ? undefined : broker.topics.groupOf(share);
  const copy = group && chooseMember(group, { qos, retain });
  if (!copy) return false;
  const { topic, payload, properties, expiresAtMs } = outgoing;
  const origin = { ruleDepth: 0 };
  const message = { topic, payload, properties, expiresAtMs, qos, retain, origin };
  const handing = new Handing(broker, message, outgoing);
  handing.give(copy.session, copy.qos, copy);
  handing.finish([])?.catch(broker.reportStorageError);
  return true;
}
