/** The reason codes of MQTT 5 (2.4, table 2-6): number, and the packets in which each may stand. */

import type { ReasonPlace } from "../properties.ts";

const rows = {
  success: [0x00, "connack puback pubrec pubrel pubcomp unsuback auth"],
  normalDisconnection: [0x00, "disconnect"],
  grantedQos0: [0x00, "suback"],
  grantedQos1: [0x01, "suback"],
  grantedQos2: [0x02, "suback"],
  disconnectWithWillMessage: [0x04, "disconnect"],
  noMatchingSubscribers: [0x10, "puback pubrec"],
  noSubscriptionExisted: [0x11, "unsuback"],
  continueAuthentication: [0x18, "auth"],
  reAuthenticate: [0x19, "auth"],
  unspecifiedError: [0x80, "connack puback pubrec suback unsuback disconnect"],
  malformedPacket: [0x81, "connack disconnect"],
  protocolError: [0x82, "connack disconnect"],
  implementationSpecificError: [0x83, "connack puback pubrec suback unsuback disconnect"],
  unsupportedProtocolVersion: [0x84, "connack"],
  clientIdentifierNotValid: [0x85, "connack"],
  badUserNameOrPassword: [0x86, "connack"],
  notAuthorized: [0x87, "connack puback pubrec suback unsuback disconnect"],
  serverUnavailable: [0x88, "connack"],
  serverBusy: [0x89, "connack disconnect"],
  banned: [0x8a, "connack"],
  serverShuttingDown: [0x8b, "disconnect"],
  badAuthenticationMethod: [0x8c, "connack disconnect"],
  keepAliveTimeout: [0x8d, "disconnect"],
  sessionTakenOver: [0x8e, "disconnect"],
  topicFilterInvalid: [0x8f, "suback unsuback disconnect"],
  topicNameInvalid: [0x90, "connack puback pubrec disconnect"],
  packetIdentifierInUse: [0x91, "puback pubrec suback unsuback"],
  packetIdentifierNotFound: [0x92, "pubrel pubcomp"],
  receiveMaximumExceeded: [0x93, "disconnect"],
  topicAliasInvalid: [0x94, "disconnect"],
  packetTooLarge: [0x95, "connack disconnect"],
  messageRateTooHigh: [0x96, "disconnect"],
  quotaExceeded: [0x97, "connack puback pubrec suback disconnect"],
  administrativeAction: [0x98, "disconnect"],
  payloadFormatInvalid: [0x99, "connack puback pubrec disconnect"],
  retainNotSupported: [0x9a, "connack disconnect"],
  qosNotSupported: [0x9b, "connack disconnect"],
  useAnotherServer: [0x9c, "connack disconnect"],
  serverMoved: [0x9d, "connack disconnect"],
  sharedSubscriptionsNotSupported: [0x9e, "suback disconnect"],
  connectionRateExceeded: [0x9f, "connack disconnect"],
  maximumConnectTime: [0xa0, "disconnect"],
  subscriptionIdentifiersNotSupported: [0xa1, "suback disconnect"],
  wildcardSubscriptionsNotSupported: [0xa2, "suback disconnect"],
} as const satisfies Record<string, readonly [code: number, places: string]>;

type Rows = typeof rows;

export type ReasonCodeName = keyof Rows;

/** Each code under its name; success has three. From 0x80 on they are failures. */
export const reasonCodes = Object.fromEntries(
  Object.entries(rows).map(([name, [code]]) => [name, code]),
) as { readonly [Name in ReasonCodeName]: Rows[Name][0] };

const codesOfPlace = new Map<string, Set<number>>();
for (const [code, places] of Object.values(rows)) {
  for (const place of places.split(" ")) {
    const codes = codesOfPlace.get(place) ?? new Set();
    codesOfPlace.set(place, codes.add(code));
  }
}

/** Whether `code` may stand in that packet, whoever sends it. */
export function isReasonCode(code: number, place: ReasonPlace): boolean {
  return codesOfPlace.get(place)!.has(code);
}
