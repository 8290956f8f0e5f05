/**
 * The broker's figures. What has happened is read from the counters; of what there is now, only the
 * few sums that nobody keeps are made here, in one walk over the connections.
 */

import { counter, type Figure, gauge, labelled, type Sample } from "../base/mod.ts";
import type { Broker } from "./broker.ts";
import type { PerQos } from "./counters.ts";

/** Every figure of the broker, as of now. */
export function brokerFigures(broker: Broker): Figure[] {
  return [
    ...figuresOfConnections(broker),
    ...figuresOfSessions(broker),
    ...figuresOfTheWire(broker),
    ...figuresOfMessages(broker),
    ...figuresOfWhatWaits(broker),
    counter(
      "millrace_bounds_reached_total",
      "Times that a bound of the broker had to be held, by its name in the limits",
      labelled("bound", broker.counters.bounds),
    ),
  ];
}

function figuresOfConnections({ counters, connections }: Broker): Figure[] {
  const { connectionsOpen: open } = counters;
  return [
    counter(
      "millrace_sockets_opened_total",
      "Sockets that were opened to the broker, over TCP and WebSocket",
      counters.socketsOpened,
    ),
    counter(
      "millrace_sockets_abandoned_total",
      "Sockets whose client left before its CONNECT was accepted or refused",
      counters.socketsAbandoned,
    ),
    counter(
      "millrace_connects_accepted_total",
      "CONNECT packets that were accepted",
      counters.connectionsAccepted,
    ),
    counter(
      "millrace_connects_refused_total",
      "Clients that were turned away before they were connected, by the reason",
      labelled("reason", counters.connectsRefused),
    ),
    counter(
      "millrace_disconnects_total",
      "Connections that ended, by the reason that lifecycle events give",
      labelled("reason", counters.disconnects),
    ),
    gauge(
      "millrace_connections",
      "Sockets that are there now: connected, or opening until CONNECT is accepted",
      labelled("state", { open, opening: connections.size - open }),
    ),
    gauge(
      "millrace_connections_peak",
      "The most clients that were connected at one time",
      counters.connectionsPeak,
    ),
  ];
}

function figuresOfSessions({ counters, sessions, topics }: Broker): Figure[] {
  const { connectionsOpen: connected } = counters;
  return [
    gauge(
      "millrace_sessions",
      "Sessions: of clients that are connected, and of those that may come back",
      labelled("state", { connected, waiting: sessions.size - connected }),
    ),
    counter(
      "millrace_sessions_expired_total",
      "Sessions that ended because their client did not come back in time",
      counters.sessionsExpired,
    ),
    gauge("millrace_subscriptions", "Subscriptions of all sessions", topics.subscriptionCount),
    counter(
      "millrace_subscriptions_refused_total",
      "Filters that were refused in a SUBACK, by the reason",
      labelled("reason", counters.subscriptionsRefused),
    ),
  ];
}

function figuresOfTheWire({ counters }: Broker): Figure[] {
  return [
    counter(
      "millrace_mqtt_packets_received_total",
      "MQTT packets of every type from clients",
      counters.packetsIn,
    ),
    counter(
      "millrace_mqtt_packets_sent_total",
      "MQTT packets of every type to clients, put on their way",
      counters.packetsOut,
    ),
    counter(
      "millrace_mqtt_publishes_received_total",
      "PUBLISH packets from clients, those sent again included",
      byQos(counters.publishesIn),
    ),
    counter(
      "millrace_mqtt_publishes_sent_total",
      "PUBLISH packets to clients, those sent again included",
      byQos(counters.publishesOut),
    ),
    counter(
      "millrace_mqtt_answers_dropped_total",
      "Packets other than PUBLISH that were larger than their client takes",
      counters.answersDropped,
    ),
    counter(
      "millrace_mqtt_received_bytes_total",
      "Bytes of MQTT from clients, without what WebSocket adds",
      counters.bytesIn,
    ),
    counter(
      "millrace_mqtt_sent_bytes_total",
      "Bytes of MQTT to clients, handed to their sockets",
      counters.bytesOut,
    ),
    counter(
      "millrace_mqtt_discarded_bytes_total",
      "Bytes that a slow reader had not taken when its connection ended",
      counters.bytesDiscarded,
    ),
  ];
}

function figuresOfMessages({ counters, retained }: Broker): Figure[] {
  return [
    counter(
      "millrace_messages_published_total",
      "Messages that were let in, by who published them: a client, the API, a rule, the server",
      labelled("source", counters.published),
    ),
    counter(
      "millrace_messages_refused_total",
      "Messages that were refused as a whole, by the reason",
      labelled("reason", counters.refused),
    ),
    counter(
      "millrace_messages_dropped_total",
      "Messages that did not reach a receiver that they were meant for, by the reason",
      labelled("reason", counters.dropped),
    ),
    gauge("millrace_retained_messages", "Retained messages", retained.count),
    gauge("millrace_retained_bytes", "Payload bytes of all retained messages", retained.bytes),
  ];
}

function figuresOfWhatWaits({ counters, connections }: Broker): Figure[] {
  let outboxBytes = 0;
  let unacknowledged = 0;
  for (const { outbox, openAckCount } of connections) {
    outboxBytes += outbox.pendingBytes;
    unacknowledged += openAckCount;
  }
  return [
    gauge(
      "millrace_queued_messages",
      "Messages of QoS 1 and 2 that wait for a client, offline or behind a full window",
      counters.queuedMessages,
    ),
    gauge("millrace_queued_bytes", "Bytes of those messages", counters.queuedBytes),
    gauge(
      "millrace_inflight_messages",
      "Messages of QoS 1 and 2 in the windows of clients, sent and not yet acknowledged",
      counters.inflightMessages,
    ),
    gauge(
      "millrace_unacknowledged_publishes",
      "Publishes of clients that wait for the disk or a rule before they are acknowledged",
      unacknowledged,
    ),
    gauge("millrace_outbox_bytes", "Bytes that wait for slow readers", outboxBytes),
  ];
}

function byQos(counts: PerQos): Sample[] {
  return counts.map((value, qos) => ({ labels: { qos: String(qos) }, value }));
}
