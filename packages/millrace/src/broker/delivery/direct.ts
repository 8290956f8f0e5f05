/**
 * A message for one client that is connected now, whatever it has subscribed to.
 *
 * It does not wait for anybody: a client that is away, or cannot be sent it at once, does not get
 * it later. With QoS 1 the client's PUBACK is told; when the connection ends before that, the
 * message is forgotten. Retaining and taps do not apply.
 */

import { shortened } from "../../base/mod.ts";
import type { Broker } from "../broker.ts";
import type { DropReason } from "../counters.ts";
import type { Message, PublishOutcome } from "../message.ts";
import { refusalOf } from "../publish.ts";
import type { Delivery } from "../session/line.ts";
import type { Session } from "../session/session.ts";
import { Outgoing } from "./outgoing.ts";
import { sendOrEnqueue, sendUnacknowledged } from "./sending.ts";

export type DirectOutcome =
  /** Nobody is connected under this client id. */
  | { readonly sent: false; readonly why: "not-connected" }
  /** The message itself may not be. */
  | {
      readonly sent: false;
      readonly why: "refused";
      readonly refused: Extract<PublishOutcome, { accepted: false }>;
    }
  /** This client cannot be given it, or not now. */
  | { readonly sent: false; readonly why: DropReason }
  /** `acknowledged` resolves with PUBACK, with QoS 0 at once; else never. */
  | { readonly sent: true; readonly acknowledged: Promise<void> };

export function sendDirect(broker: Broker, clientId: string, message: Message): DirectOutcome {
  const refused = refusalOf(broker, message) ?? refusalOfReserved(message);
  if (refused) return { sent: false, why: "refused", refused };
  const session = broker.sessions.get(clientId);
  if (!session?.connection) return { sent: false, why: "not-connected" };
  broker.counters.published.api += 1;
  const outgoing = new Outgoing(message);
  if (message.qos > 0) return sendAcknowledged(broker, session, outgoing);
  const copy = { retain: false, identifiers: undefined };
  const why = sendUnacknowledged(broker, session.connection, outgoing, copy);
  return why ? { sent: false, why } : { sent: true, acknowledged: Promise.resolve() };
}

/** What is for a rule alone, or asks a service, is for no client. */
function refusalOfReserved({ topic }: Message) {
  if (!topic.startsWith("$")) return undefined;
  const reason = `topic "${shortened(topic)}" is reserved: its messages are for the server alone`;
  return { accepted: false, refusal: "topic-reserved", reason } as const;
}

function sendAcknowledged(broker: Broker, session: Session, outgoing: Outgoing): DirectOutcome {
  const ready = session.line.hasRoom && session.connection?.link.writable;
  if (!ready) return { sent: false, why: "slow-reader" };
  const { promise: acknowledged, resolve } = Promise.withResolvers<void>();
  let dropped: DropReason | undefined;
  const delivery: Delivery = {
    outgoing,
    qos: 1,
    retain: false,
    identifiers: undefined,
    share: undefined,
    sequence: 0,
    stage: "queued",
    onSettled(why) {
      dropped = why;
      if (!why) resolve();
    },
  };
  outgoing.own();
  if (!sendOrEnqueue(broker, session, delivery)) return { sent: false, why: "queue-full" };
  return dropped ? { sent: false, why: dropped } : { sent: true, acknowledged };
}
