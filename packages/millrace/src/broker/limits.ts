/**
 * What the broker takes and where it stops: one record, two presets (`presets/`).
 *
 * Each bound has its unit in its name, and here its answer to a client of MQTT 5; an older client
 * whose packet has no place for a code is closed. Whatever a bound turns away is counted
 * (`counters.ts`).
 */

import type { ProtocolLevel } from "@millrace/mqtt";
import type { QoS } from "./message.ts";

/** What is no bound: nothing is turned away, cut or made to wait by these. */
export type Choice =
  | "name"
  | "sessionsCrossVersions"
  | "closeFrameDiscardsWill"
  | "multiLevelMatchesParent"
  | "absenceTold"
  | "closesOnRefusedFilter"
  | "retainedToWildcards"
  | "systemTopicsSeconds";

/** What the broker holds to, and counts each time that it has to. */
export type Bound = Exclude<keyof BrokerLimits, Choice>;

export interface BrokerLimits {
  /** The name of the preset, for people. */
  readonly name: string;

  /** CONNACK 0x84 below it. */
  readonly protocolLevelMin: ProtocolLevel;
  /** Beyond it a socket is closed without a word. */
  readonly connectionsMax: number;
  /** CONNECT packets of all clients; CONNACK 0x9f beyond it. */
  readonly connectsPerSecondMax: number;
  /** Until CONNECT has arrived in full; then the socket is closed. */
  readonly connectSecondsMax: number;
  /** How long a connection over WebSocket lasts, however it is used. DISCONNECT 0xa0. */
  readonly webSocketSecondsMax: number;
  /** At most what a key of the records takes, less nine bytes for the line on disk. 0x85. */
  readonly clientIdBytesMax: number;
  /** Client ids that start with `$` are the server's alone. 0x85. */
  readonly clientIdsReserved: boolean;
  /** A client that asks for less is granted this. */
  readonly keepAliveSecondsMin: number;
  /** A client that asks for more, or for none, is granted this; infinite: what it asks for. */
  readonly keepAliveSecondsMax: number;

  /** Sessions of clients that are connected and of those that may come back. CONNACK 0x97. */
  readonly sessionsMax: number;
  /** How long a session without a connection is kept; a longer wish is granted this. */
  readonly sessionSecondsMax: number;
  /** Whether a session goes on when its client comes back with another version of MQTT. */
  readonly sessionsCrossVersions: boolean;
  /** Whether a will may wait; otherwise its delay is 0. */
  readonly willDelays: boolean;
  /** Whether a client's WebSocket Close frame takes its will back, as DISCONNECT does. */
  readonly closeFrameDiscardsWill: boolean;

  /** Largest packet taken from a client, fixed header included. DISCONNECT 0x95. */
  readonly packetBytesMax: number;
  /** DISCONNECT 0x97, whatever the QoS. */
  readonly payloadBytesMax: number;
  /** Of a topic name or filter in UTF-8. 0x90 and 0x8f. */
  readonly topicBytesMax: number;
  /** Of a topic name or filter. 0x90 and 0x8f. */
  readonly topicLevelsMax: number;
  /** Whether `a/#` matches `a` too, as the standard has it. */
  readonly multiLevelMatchesParent: boolean;
  /** The highest QoS that is taken. DISCONNECT 0x9b. */
  readonly qosMax: QoS;
  /** Publishes of QoS 1 and 2 that a client may have open (its Receive Maximum). 0x93. */
  readonly receiveMaximum: number;
  /** Aliases that a client may define, 0x94; and the most that it is given. */
  readonly topicAliasMaximum: number;
  /** Shorter expiry intervals count as this. */
  readonly messageExpirySecondsMin: number;
  /** Longer expiry intervals are cut to this. */
  readonly messageExpirySecondsMax: number;
  /** Of a message's content type, in UTF-8. 0x97. */
  readonly contentTypeBytesMax: number;
  /** 0x97. */
  readonly correlationDataBytesMax: number;
  /** Of all user properties of a message, names and values, in UTF-8. 0x97. */
  readonly userPropertiesBytesMax: number;
  /** Of one connection; beyond it a message is discarded, with PUBACK 0x97 where it has one. */
  readonly publishesPerSecondMax: number;
  /** Whether PUBACK and PUBREC say that nobody was there (0x10), and UNSUBACK too (0x11). */
  readonly absenceTold: boolean;

  /** SUBACK 0x97. */
  readonly subscriptionsPerSessionMax: number;
  /** Of one SUBSCRIBE; beyond it every filter is answered 0x97. */
  readonly filtersPerSubscribeMax: number;
  /** Whether subscription identifiers are taken. DISCONNECT 0xa1. */
  readonly subscriptionIdentifiers: boolean;
  /** Of the name of a shared subscription, in UTF-8. SUBACK 0x8f. */
  readonly shareNameBytesMax: number;
  /** Filters that begin with `$` are taken when they match this. SUBACK 0x8f. */
  readonly reservedFilters: RegExp;
  /**
   * Whether a client before MQTT 5 is closed over a filter that is refused, or a QoS that is not
   * granted in full, instead of being told with SUBACK.
   */
  readonly closesOnRefusedFilter: boolean;

  /** QoS 1 and 2 messages sent to one client and not yet acknowledged. */
  readonly inflightMax: number;
  /** QoS 1 and 2 messages waiting for a client, offline or behind a full window; then dropped. */
  readonly queuedMessagesMax: number;
  /** Bytes of those messages; beyond it they are dropped. */
  readonly queuedBytesMax: number;
  /** The same for all sessions together. */
  readonly queuedBytesInAllMax: number;
  /**
   * Bytes waiting for a reader that is too slow; QoS 0 beyond it is dropped. Of answers that it
   * asks for and does not read as many again; beyond them it is closed with DISCONNECT 0x97.
   */
  readonly outboxBytesMax: number;

  /** PUBACK or DISCONNECT 0x97. */
  readonly retainedMessagesMax: number;
  /** Payload bytes of all retained messages. 0x97. */
  readonly retainedBytesMax: number;
  /** At most what a key of the records takes. 0x90. */
  readonly retainedTopicBytesMax: number;
  /** Whether a filter with a wildcard gets retained messages. */
  readonly retainedToWildcards: boolean;

  /** Between two reports on `$SYS/broker/...`; 0: there are no such topics. */
  readonly systemTopicsSeconds: number;
}
