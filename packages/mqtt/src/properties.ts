/**
 * The properties of MQTT 5 (2.2.2.2, table 2-4) as values, under the standard's names.
 *
 * Which stands in which packet, and what is valid, says the table in `mqtt5/property-table.ts`.
 * Levels below 5 have none: there they are left out.
 */

export interface Properties {
  /** 1: the payload is UTF-8 text. */
  readonly payloadFormatIndicator?: 0 | 1 | undefined;
  /** In seconds, as each interval. */
  readonly messageExpiryInterval?: number | undefined;
  readonly contentType?: string | undefined;
  /** A topic name. */
  readonly responseTopic?: string | undefined;
  readonly correlationData?: Uint8Array | undefined;
  /** Each 1 to 268,435,455. Many in a PUBLISH to a subscriber, one in a SUBSCRIBE. */
  readonly subscriptionIdentifiers?: readonly number[] | undefined;
  /** 0xffffffff: the session does not expire. */
  readonly sessionExpiryInterval?: number | undefined;
  readonly assignedClientIdentifier?: string | undefined;
  readonly serverKeepAlive?: number | undefined;
  readonly authenticationMethod?: string | undefined;
  readonly authenticationData?: Uint8Array | undefined;
  readonly requestProblemInformation?: boolean | undefined;
  readonly willDelayInterval?: number | undefined;
  readonly requestResponseInformation?: boolean | undefined;
  readonly responseInformation?: string | undefined;
  readonly serverReference?: string | undefined;
  readonly reasonString?: string | undefined;
  /** 1 to 65,535. */
  readonly receiveMaximum?: number | undefined;
  readonly topicAliasMaximum?: number | undefined;
  /** 1 to 65,535. */
  readonly topicAlias?: number | undefined;
  readonly maximumQos?: 0 | 1 | undefined;
  readonly retainAvailable?: boolean | undefined;
  /** Names and values in their order; a name may come again. */
  readonly userProperties?: readonly (readonly [name: string, value: string])[] | undefined;
  /** In bytes, at least 1. */
  readonly maximumPacketSize?: number | undefined;
  readonly wildcardSubscriptionAvailable?: boolean | undefined;
  readonly subscriptionIdentifierAvailable?: boolean | undefined;
  readonly sharedSubscriptionAvailable?: boolean | undefined;
}

/** Where properties stand: at the end of a packet's variable header, or before a will. */
export type PropertyPlace =
  | "connect"
  | "will"
  | "connack"
  | "publish"
  | "puback"
  | "pubrec"
  | "pubrel"
  | "pubcomp"
  | "subscribe"
  | "suback"
  | "unsubscribe"
  | "unsuback"
  | "disconnect"
  | "auth";

/** The packets that say how something went (2.4). */
export type ReasonPlace = Exclude<
  PropertyPlace,
  "connect" | "will" | "publish" | "subscribe" | "unsubscribe"
>;
