/** What the members of a shared subscription inherit from one whose session has ended. */

import type { Broker } from "../broker.ts";
import type { Session } from "../session/session.ts";
import { deliverCopies } from "./deliver.ts";
import { chooseMember } from "./share.ts";

/**
 * Empties the session's line. What came to it through a share and was never sent goes to another
 * member [MQTT5-4.8.2-5 does not allow more]; the rest was its own, and ends with it.
 */
export function redistribute(broker: Broker, session: Session): void {
  const { lineIfAny: line } = session;
  if (!line) return;
  for (const { share, outgoing } of line.drainQueue()) {
    const copy = share && chooseMember(share, outgoing.message);
    if (!copy) continue;
    deliverCopies(broker, outgoing, [copy], [])?.catch(broker.reportStorageError);
  }
}
