/**
 * Retained messages for new subscriptions, RETAIN set [MQTT-3.3.1-8].
 *
 * There may be a hundred thousand for one `#`, so they come as the client reads them: a slice a
 * turn, never ahead of a full socket or window. Each is read when its turn comes, so it is the
 * newest by then, and nobody gets an old one behind a live one.
 */

import type { Broker } from "../broker.ts";
import type { Message, QoS } from "../message.ts";
import type { Session } from "../session/session.ts";
import type { Subscription } from "../topics/topic-tree.ts";
import { Handing } from "./deliver.ts";
import { Outgoing } from "./outgoing.ts";
import { sendLine, sendUnacknowledged } from "./sending.ts";

export interface RetainedFeed {
  readonly messages: Generator<Message, undefined>;
  readonly subscription: Subscription<Session>;
}

const messagesPerTurnMax = 500;

/** What waits for one reader at a time, ahead of what its socket has taken. */
const pendingBytesMax = 256 * 1024;

/** Begins to send what is retained for `subscription`. */
export function feedRetained(
  broker: Broker,
  session: Session,
  subscription: Subscription<Session>,
): void {
  session.feeds ??= [];
  session.feeds.push({ messages: broker.retained.matching(subscription.filter), subscription });
  sendRetained(broker, session);
}

/**
 * Sends what is to be sent: the line, then retained messages. Called again when an acknowledgement
 * comes or the socket drains.
 */
export function sendOwed(broker: Broker, session: Session): void {
  sendLine(broker, session);
  if (session.feeds) sendRetained(broker, session);
}

/** Goes on where it stopped. */
function sendRetained(broker: Broker, session: Session): void {
  let count = 0;
  while (session.feeds && session.connection) {
    const { outbox } = session.connection;
    if (outbox.pendingBytes > pendingBytesMax) outbox.flush();
    if (outbox.pendingBytes > pendingBytesMax || session.lineIfAny?.queueLength) return;
    if (count === messagesPerTurnMax) {
      continueLater(broker, session);
      return;
    }
    count += 1;
    const feed = session.feeds[0];
    const message = feed && nextOf(feed);
    if (message) sendOne(broker, session, feed.subscription, message);
    else {
      session.feeds.shift();
      if (session.feeds.length === 0) session.feeds = undefined;
    }
  }
}

/** `undefined` at the end, which is also when the client has unsubscribed. */
function nextOf({ messages, subscription }: RetainedFeed): Message | undefined {
  return subscription.index < 0 ? undefined : messages.next().value;
}

function continueLater(broker: Broker, session: Session): void {
  if (session.feedScheduled) return;
  session.feedScheduled = true;
  broker.later(() => {
    session.feedScheduled = false;
    sendRetained(broker, session);
  });
}

function sendOne(
  broker: Broker,
  session: Session,
  subscription: Subscription<Session>,
  message: Message,
): void {
  const { identifiers, qos: granted } = subscription.options;
  const qos = Math.min(message.qos, granted) as QoS;
  const outgoing = new Outgoing(message);
  if (qos === 0) {
    const { connection } = session;
    if (connection) {
      sendUnacknowledged(broker, connection, outgoing, { retain: true, identifiers });
    }
    return;
  }
  // On disk like any other: a client that has answered PUBREC waits for its PUBREL over a crash.
  const handing = new Handing(broker, message, outgoing);
  handing.give(session, qos, { retain: true, identifiers });
  handing.finish([])?.catch(broker.reportStorageError);
}
