/**
 * What the broker has done since it started, as plain numbers: the hot path adds to a field, and
 * whoever shows them reads (`figures.ts`, `system-topics.ts`).
 */

import type { DisconnectReason } from "./lifecycle.ts";
import type { Bound } from "./limits.ts";
import type { Refusal } from "./message.ts";

/** Why a message that the broker had taken, or was about to take, did not reach somebody. */
export type DropReason =
  /** QoS 0 for a reader that is too slow. */
  | "slow-reader"
  /** A full line of a session, or of all. */
  | "queue-full"
  | "expired"
  /** Larger than the receiver's Maximum Packet Size. */
  | "packet-too-large"
  /** More publishes a second than a connection may send. */
  | "publish-rate"
  /** A shared subscription whose members are all away. */
  | "nobody-there"
  /** The receiver's policy. */
  | "not-authorized"
  /** Waited in the line of a session that came to its end. */
  | "session-ended";

export type RefusedConnect =
  | "authorization"
  | "protocol"
  | "rate"
  | "connections"
  | "sessions"
  /** CONNECT did not arrive in time. */
  | "late";

export type RefusedSubscription =
  | "filter-invalid"
  | "qos-not-supported"
  | "quota-exceeded"
  | "not-authorized";

/** Who published a message: a client (its will too), the HTTP API, a rule, the broker itself. */
export type MessageSource = "client" | "api" | "rule" | "server";

/** By QoS. */
export type PerQos = [number, number, number];

export class Counters {
  socketsOpened = 0;
  /** Those whose other end left before CONNECT was accepted or refused. */
  socketsAbandoned = 0;
  connectionsAccepted = 0;
  /** Now, and the most at one time. */
  connectionsOpen = 0;
  connectionsPeak = 0;
  sessionsExpired = 0;
  packetsIn = 0;
  /** PUBLISH packets of clients, those sent again included. */
  readonly publishesIn: PerQos = [0, 0, 0];
  /** PUBLISH packets to clients, those sent again included. */
  readonly publishesOut: PerQos = [0, 0, 0];
  /** All other packets to clients. */
  answersOut = 0;
  /** Larger than their client takes, and so not sent. */
  answersDropped = 0;
  bytesIn = 0;
  bytesOut = 0;
  /** Bytes that a slow reader had not taken when its connection ended. */
  bytesDiscarded = 0;
  /** Messages that wait in lines now, and their bytes. */
  queuedMessages = 0;
  queuedBytes = 0;
  /** Messages of QoS 1 and 2 that were sent, or are about to be, and are not acknowledged. */
  inflightMessages = 0;
  /** Messages that `publish` has let in. */
  readonly published: Record<MessageSource, number> = { client: 0, api: 0, rule: 0, server: 0 };
  /** Messages that `publish` has refused. */
  readonly refused: Record<Refusal, number> = {
    "topic-invalid": 0,
    "topic-reserved": 0,
    "not-authorized": 0,
    "payload-too-large": 0,
    "property-too-large": 0,
    "quota-exceeded": 0,
    "not-stored": 0,
  };
  readonly dropped: Record<DropReason, number> = {
    "slow-reader": 0,
    "queue-full": 0,
    expired: 0,
    "packet-too-large": 0,
    "publish-rate": 0,
    "nobody-there": 0,
    "not-authorized": 0,
    "session-ended": 0,
  };
  readonly connectsRefused: Record<RefusedConnect, number> = {
    authorization: 0,
    protocol: 0,
    rate: 0,
    connections: 0,
    sessions: 0,
    late: 0,
  };
  readonly subscriptionsRefused: Record<RefusedSubscription, number> = {
    "filter-invalid": 0,
    "qos-not-supported": 0,
    "quota-exceeded": 0,
    "not-authorized": 0,
  };
  /** How accepted connections ended, by the reason that lifecycle events give. */
  readonly disconnects: Record<DisconnectReason, number> = {
    API_INITIATED_DISCONNECT: 0,
    AUTH_ERROR: 0,
    CLIENT_INITIATED_DISCONNECT: 0,
    CLIENT_ERROR: 0,
    CONNECTION_LOST: 0,
    CUSTOMAUTH_TTL_EXPIRATION: 0,
    DUPLICATE_CLIENTID: 0,
    MQTT_KEEP_ALIVE_TIMEOUT: 0,
    SERVER_ERROR: 0,
    SERVER_INITIATED_DISCONNECT: 0,
    THROTTLED: 0,
    WEBSOCKET_TTL_EXPIRATION: 0,
  };
  /** How often each bound of `BrokerLimits` had to be held, whatever followed. */
  readonly bounds: Record<Bound, number> = {
    protocolLevelMin: 0,
    connectionsMax: 0,
    connectsPerSecondMax: 0,
    connectSecondsMax: 0,
    webSocketSecondsMax: 0,
    clientIdBytesMax: 0,
    clientIdsReserved: 0,
    keepAliveSecondsMin: 0,
    keepAliveSecondsMax: 0,
    sessionsMax: 0,
    sessionSecondsMax: 0,
    willDelays: 0,
    packetBytesMax: 0,
    payloadBytesMax: 0,
    topicBytesMax: 0,
    topicLevelsMax: 0,
    qosMax: 0,
    receiveMaximum: 0,
    topicAliasMaximum: 0,
    messageExpirySecondsMin: 0,
    messageExpirySecondsMax: 0,
    contentTypeBytesMax: 0,
    correlationDataBytesMax: 0,
    userPropertiesBytesMax: 0,
    publishesPerSecondMax: 0,
    subscriptionsPerSessionMax: 0,
    filtersPerSubscribeMax: 0,
    subscriptionIdentifiers: 0,
    shareNameBytesMax: 0,
    reservedFilters: 0,
    inflightMax: 0,
    queuedMessagesMax: 0,
    queuedBytesMax: 0,
    queuedBytesInAllMax: 0,
    outboxBytesMax: 0,
    retainedMessagesMax: 0,
    retainedBytesMax: 0,
    retainedTopicBytesMax: 0,
  };

  countAccepted(): void {
    this.connectionsAccepted += 1;
    this.connectionsOpen += 1;
    this.connectionsPeak = Math.max(this.connectionsPeak, this.connectionsOpen);
  }

  countDisconnect(reason: DisconnectReason): void {
    this.disconnects[reason] += 1;
    this.connectionsOpen -= 1;
  }

  /** Packets of every type. */
  get packetsOut(): number {
    return this.answersOut + sum(this.publishesOut);
  }

  get droppedInAll(): number {
    return sum(Object.values(this.dropped));
  }
}

/** Of a few numbers. */
export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
