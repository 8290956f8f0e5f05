/** What the members of a shared subscription inherit from one whose session has ended. */

import type { Broker } from "../broker.ts";
import type { Session } from "../session/session.ts";
import { Handing } from "./deliver.ts";
import { chooseMember } from "./share.ts";

/**
 * Empties the session's line. What came to it through a share and was never sent goes to another
 * member [MQTT5-4.8.2-5 does not allow more]; the rest was its own, and ends with it.
 */
export function redistribute(broker: Broker, session: Session): void {
  const { lineIfAny: line } = session;
  if (!line) return;
  for (const { share, outgoing, qos, retain } of line.drainQueue()) {
    const copy = share && chooseMember(share, { qos, retain });
    if (!copy) {
      broker.counters.dropped["session-ended"] += 1;
      continue;
    }
    const { topic, payload, properties, expiresAtMs } = outgoing;
    const origin = { ruleDepth: 0 };
    const message = { topic, payload, properties, expiresAtMs, qos, retain, origin };
    const handing = new Handing(broker, message, outgoing);
    handing.give(copy.session, copy.qos, copy);
    handing.finish([])?.catch(broker.reportStorageError);
  }
}
