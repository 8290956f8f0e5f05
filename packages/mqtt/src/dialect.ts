/**
 * What sets the protocol levels apart on the wire, beyond a field more or less in a packet.
 *
 * The packets read and write through a dialect, so that a client that speaks MQTT 3.1.1 alone does
 * not carry the tables of MQTT 5: those are reached from `mqtt5/dialect.ts` only.
 */

import type { Qos } from "./packets/publish.ts";
import type { Subscription } from "./packets/subscribe.ts";
import type { Properties, PropertyPlace, ReasonPlace } from "./properties.ts";
import { type ProtocolError, type ProtocolErrorCode, protocolError } from "./protocol-error.ts";
import type { Reader } from "./reader.ts";
import { subackFailure } from "./return-codes.ts";

/** The protocol level of MQTT 3.1, whose protocol name is `MQIsdp`. */
export const mqtt31Level = 3;

/** The protocol level of MQTT 3.1.1. */
export const mqtt311Level = 4;

/** The protocol level of MQTT 5.0. */
export const mqtt5Level = 5;

export type ProtocolLevel = 3 | 4 | 5;

export interface Dialect {
  readonly protocolLevel: ProtocolLevel;
  /** The row of `code` in the words of this level. */
  readonly protocolError: (code: ProtocolErrorCode) => ProtocolError;
  readonly isReasonCode: (code: number, place: ReasonPlace) => boolean;
  /** Undefined when there are none. */
  readonly decodeProperties: (reader: Reader, place: PropertyPlace) => Properties | undefined;
  /** The whole field with its length; empty where the level has no such field. */
  readonly encodeProperties: (
    properties: Properties | undefined,
    place: PropertyPlace,
  ) => Uint8Array;
  /** The subscription to `filter`, whose options come next. */
  readonly decodeOptions: (reader: Reader, filter: string) => Subscription;
  /** What stands behind the filter. */
  readonly encodeOptions: (subscription: Subscription) => number;
}

const noField = new Uint8Array(0);

export const mqtt311: Dialect = {
  protocolLevel: mqtt311Level,
  protocolError,
  // Reserved codes of a CONNACK come through: what they mean is the matter of the client.
  isReasonCode: (code, place) => place !== "suback" || code <= 2 || code === subackFailure,
  decodeProperties: () => undefined,
  encodeProperties: () => noField,
  decodeOptions(reader, filter) {
    const qos = reader.byte();
    if (qos > 2) reader.fail("subscribe-options-invalid"); // [MQTT-3.8.3-4]
    return { filter, qos: qos as Qos };
  },
  encodeOptions: ({ qos }) => qos,
};

export const mqtt31: Dialect = { ...mqtt311, protocolLevel: mqtt31Level };
