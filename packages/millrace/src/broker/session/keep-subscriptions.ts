/**
 * What SUBSCRIBE and UNSUBSCRIBE have changed, on its way to disk.
 *
 * Memory goes ahead: a subscription that has been left gets nothing from then on. When the disk
 * refuses to let it go, its number is kept, and goes with the next change, so that nothing is
 * acknowledged while an earlier one would come back with a restart.
 */

import type { Change } from "../../storage/mod.ts";
import type { Connection } from "../connection/connection.ts";
import { sessionChange, subscriptionRemoval } from "./session-store.ts";

export interface SubscriptionChanges {
  readonly joined: readonly Change[];
  /** Numbers. */
  readonly left: readonly number[];
}

/** Answers once they are on disk, at once for a session that is not; else ends the connection. */
export function keepSubscriptions(
  connection: Connection,
  { joined, left }: SubscriptionChanges,
  answer: () => void,
): void {
  const { session, broker } = connection;
  if (!session.durable) {
    answer();
    return;
  }
  const numbers = [...(session.refusedRemovals ?? []), ...left];
  session.refusedRemovals = undefined;
  const removals = numbers.map((number) => subscriptionRemoval(session, number));
  const changes = [...joined, ...removals];
  // What there was not to leave may have been left a moment ago, and not be on disk yet.
  if (changes.length === 0) changes.push(sessionChange(session));
  void broker.tryToStore(changes).then((stored) => {
    if (!stored) session.refusedRemovals = [...(session.refusedRemovals ?? []), ...numbers];
    if (connection.closed) return;
    if (stored) answer();
    else connection.close("SERVER_ERROR"); // [MQTT-4.8.0-2]
  });
}
