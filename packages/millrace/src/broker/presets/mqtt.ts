/** The whole OASIS standard, with bounds that suit a server in production. The default. */

import { fieldBytesMax } from "@millrace/mqtt";
import type { BrokerLimits } from "../limits.ts";

const mebibyte = 1_048_576;

export const mqttLimits: BrokerLimits = {
  name: "mqtt",
  protocolLevelMin: 3,
  connectionsMax: 200_000,
  connectsPerSecondMax: 20_000,
  connectSecondsMax: 10,
  clientIdBytesMax: 1024,
  clientIdsReserved: false,
  keepAliveSecondsMin: 0,
  keepAliveSecondsMax: Number.POSITIVE_INFINITY,
  sessionsMax: 300_000,
  sessionSecondsMax: 7 * 86_400,
  sessionsCrossVersions: true,
  willDelays: true,
  packetBytesMax: mebibyte,
  payloadBytesMax: mebibyte,
  topicBytesMax: fieldBytesMax,
  topicLevelsMax: 256,
  multiLevelMatchesParent: true,
  qosMax: 2,
  receiveMaximum: 1000,
  topicAliasMaximum: 64,
  messageExpirySecondsMax: Number.POSITIVE_INFINITY,
  publishesPerSecondMax: 250_000,
  absenceTold: true,
  subscriptionsPerSessionMax: 10_000,
  filtersPerSubscribeMax: 10_000,
  subscriptionIdentifiers: true,
  inflightMax: 256,
  queuedMessagesMax: 10_000,
  queuedBytesMax: 64 * mebibyte,
  queuedBytesInAllMax: 1024 * mebibyte,
  outboxBytesMax: 4 * mebibyte,
  retainedMessagesMax: 100_000,
  retainedBytesMax: 256 * mebibyte,
  retainedTopicBytesMax: 2048,
  retainedToWildcards: true,
};
