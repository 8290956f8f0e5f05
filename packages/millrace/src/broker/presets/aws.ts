/**
 * What AWS IoT Core takes: its quotas, and where it departs from the standard.
 *
 * Source: "AWS IoT Core endpoints and quotas" and the developer guide's page on MQTT. Two of its
 * limits do not stand here: one CONNECT a second for each client id, and 512 kB a second for each
 * connection, which delay a client on AWS and would only slow its tests here.
 */

import type { BrokerLimits } from "../limits.ts";
import { mqttLimits } from "./mqtt.ts";

const kibibyte = 1024;

export const awsLimits: BrokerLimits = {
  ...mqttLimits,
  name: "aws",
  protocolLevelMin: 4,
  connectionsMax: 500_000,
  connectsPerSecondMax: 3000,
  webSocketSecondsMax: 86_400,
  clientIdBytesMax: 128,
  clientIdsReserved: true,
  keepAliveSecondsMin: 30,
  keepAliveSecondsMax: 1200,
  sessionsMax: 500_000,
  sessionSecondsMax: 3600,
  sessionsCrossVersions: false,
  willDelays: false,
  closeFrameDiscardsWill: true,
  packetBytesMax: 146 * kibibyte,
  payloadBytesMax: 128 * kibibyte,
  topicBytesMax: 256,
  topicLevelsMax: 8,
  multiLevelMatchesParent: false,
  qosMax: 1,
  receiveMaximum: 100,
  topicAliasMaximum: 8,
  messageExpirySecondsMin: 1,
  messageExpirySecondsMax: 604_800,
  contentTypeBytesMax: 256,
  correlationDataBytesMax: 8 * kibibyte,
  userPropertiesBytesMax: 8 * kibibyte,
  publishesPerSecondMax: 100,
  absenceTold: false,
  subscriptionsPerSessionMax: 50,
  filtersPerSubscribeMax: 8,
  subscriptionIdentifiers: false,
  shareNameBytesMax: 128,
  // The service's own topics, but for those of rules, which clients may only publish to.
  reservedFilters: /^\$aws\/(?!rules(\/|$))/,
  closesOnRefusedFilter: true,
  inflightMax: 100,
  retainedMessagesMax: 500_000,
  retainedTopicBytesMax: 256,
  retainedToWildcards: false,
  systemTopicsSeconds: 0,
};
