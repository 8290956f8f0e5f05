/**
 * The broker's bounds. Each has its unit in its name; `defaultLimits` takes what the OASIS standard
 * allows, as far as memory and the records do.
 */

export interface BrokerLimits {
  /** Largest packet taken from a client, fixed header included. */
  readonly packetBytesMax: number;
  /** At most what a key of the records takes, less nine bytes for the line on disk. */
  readonly clientIdBytesMax: number;
  /** Until CONNECT has arrived in full. */
  readonly connectSecondsMax: number;
  readonly connectionsMax: number;
  /** Sessions of clients that are connected and of those that may come back. */
  readonly sessionsMax: number;
  readonly subscriptionsPerSessionMax: number;
  readonly topicLevelsMax: number;
  /** QoS 1 messages sent to one client and not yet acknowledged. */
  readonly inflightMax: number;
  /** QoS 1 messages waiting for a client, offline or behind a full window. */
  readonly queuedMessagesMax: number;
  /** Bytes of those messages as PUBLISH packets. */
  readonly queuedBytesMax: number;
  /** Bytes waiting for a reader that is too slow; QoS 0 beyond it is dropped. */
  readonly outboxBytesMax: number;
  /** How long a session without a connection is kept. */
  readonly sessionSecondsMax: number;
  readonly retainedMessagesMax: number;
  /** Payload bytes of all retained messages. */
  readonly retainedBytesMax: number;
  /** At most what a key of the records takes. */
  readonly retainedTopicBytesMax: number;
}

export const defaultLimits: BrokerLimits = {
  packetBytesMax: 1_048_576,
  clientIdBytesMax: 1024,
  connectSecondsMax: 10,
  connectionsMax: 200_000,
  sessionsMax: 300_000,
  subscriptionsPerSessionMax: 10_000,
  topicLevelsMax: 256,
  inflightMax: 256,
  queuedMessagesMax: 10_000,
  queuedBytesMax: 64 * 1_048_576,
  outboxBytesMax: 4 * 1_048_576,
  sessionSecondsMax: 7 * 86_400,
  retainedMessagesMax: 100_000,
  retainedBytesMax: 256 * 1_048_576,
  retainedTopicBytesMax: 2048,
};
