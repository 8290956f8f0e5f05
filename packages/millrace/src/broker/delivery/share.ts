/**
 * Who of a shared subscription takes a message (MQTT 5, 4.8.2).
 *
 * Best a member that is connected and would be sent it at once, then one that is connected, then
 * for QoS 1 and 2 one whose durable session will keep it. A member that takes it keeps it until it
 * acknowledges [MQTT5-4.8.2-4]; when its session ends, what it has not acknowledged goes to the
 * others (`redistribute.ts`).
 */

import type { Message, QoS } from "../message.ts";
import type { Session } from "../session/session.ts";
import type { ShareGroup } from "../topics/share-group.ts";
import type { Subscription } from "../topics/topic-tree.ts";

const rank = { cannot: 0, keeps: 1, connected: 2, ready: 3 } as const;

/** The copy for the member that was chosen; `undefined` when nobody can take it. */
export function chooseMember(group: ShareGroup<Session>, message: Pick<Message, "qos" | "retain">) {
  const chosen = group.choose((member) => rankOf(member, message.qos), rank.ready);
  if (!chosen) return undefined;
  const { subscriber: session, options } = chosen;
  const { qos, retainAsPublished, identifiers } = options;
  return {
    session,
    qos: Math.min(message.qos, qos) as QoS, // [MQTT5-4.8.2-3]
    retain: message.retain && retainAsPublished,
    identifiers, // [MQTT5-3.3.4-5]
    share: chosen.filter,
  };
}

function rankOf({ subscriber: session, options }: Subscription<Session>, qos: QoS): number {
  const acknowledged = Math.min(options.qos, qos) > 0;
  const { connection } = session;
  if (!connection) return acknowledged && session.durable ? rank.keeps : rank.cannot;
  const ready = connection.link.writable && (!acknowledged || (session.lineIfAny?.hasRoom ?? true));
  return ready ? rank.ready : rank.connected;
}
