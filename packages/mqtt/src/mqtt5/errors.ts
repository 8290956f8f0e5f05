/**
 * What can be wrong with received bytes in MQTT 5: the clause and the reason code of each error.
 *
 * Malformed is what cannot be parsed; a protocol error is what was parsed and is not allowed
 * (1.2). Where the standard names the code it is that one.
 */

import {
  type CommonErrorCode,
  type ProtocolError,
  type ProtocolErrorCode,
  protocolError,
} from "../protocol-error.ts";
import { reasonCodes } from "./reason-codes.ts";

type Row = readonly [clause: string, reasonCode: number, message: string];

const malformed = reasonCodes.malformedPacket;
const notAllowed = reasonCodes.protocolError;

/** What 3.1.1 calls wrong too and has a message for; MQTT 5 allows a password alone (3.1.2.9). */
const commonRows: Record<
  Exclude<CommonErrorCode, "password-without-username">,
  readonly [clause: string, reasonCode: number]
> = {
  "packet-type-reserved": ["MQTT5 2.1.2", malformed],
  "flags-invalid": ["MQTT5-2.1.3-1", malformed],
  "remaining-length-malformed": ["MQTT5 1.5.5", malformed],
  "packet-too-large": ["MQTT5-3.2.2-15", reasonCodes.packetTooLarge],
  "packet-truncated": ["MQTT5 2.1.4", malformed],
  "bytes-left-over": ["MQTT5 2.1.4", malformed],
  "text-malformed": ["MQTT5-1.5.4-1", malformed],
  "text-with-null": ["MQTT5-1.5.4-2", malformed],
  "packet-id-zero": ["MQTT5-2.2.1-3", notAllowed],
  "topic-empty": ["MQTT5 3.3.2.1", notAllowed],
  "topic-with-wildcard": ["MQTT5-3.3.2-2", malformed],
  "publish-qos-invalid": ["MQTT5-3.3.1-4", malformed],
  "publish-dup-invalid": ["MQTT5-3.3.1-2", malformed],
  "protocol-name-unknown": ["MQTT5-3.1.2-1", reasonCodes.unsupportedProtocolVersion],
  "connect-flag-reserved": ["MQTT5-3.1.2-3", malformed],
  "will-flags-without-will": ["MQTT5-3.1.2-11", malformed],
  "will-qos-invalid": ["MQTT5-3.1.2-12", malformed],
  "connack-flags-reserved": ["MQTT5-3.2.2-1", malformed],
  "subscribe-empty": ["MQTT5-3.8.3-2", notAllowed],
  "subscribe-options-invalid": ["MQTT5 3.8.3.1", notAllowed],
  "suback-code-reserved": ["MQTT5-3.9.3-2", notAllowed],
  "unsubscribe-empty": ["MQTT5-3.10.3-2", notAllowed],
};

const rows = {
  "length-not-minimal": [
    "MQTT5-1.5.5-1",
    malformed,
    "a variable byte integer takes more bytes than it needs",
  ],
  "variable-byte-integer-malformed": [
    "MQTT5 1.5.5",
    malformed,
    "a variable byte integer takes more than four bytes",
  ],
  "property-unknown": ["MQTT5 2.2.2.2", malformed, "a property has an unknown identifier"],
  "property-misplaced": ["MQTT5 2.2.2.2", malformed, "a property does not belong in its packet"],
  "property-truncated": ["MQTT5 2.2.2.1", malformed, "a property reaches past the property length"],
  "property-repeated": ["MQTT5 2.2.2.2", notAllowed, "a property stands there more than once"],
  "property-value-invalid": ["MQTT5 2.2.2.2", notAllowed, "a property has a value out of range"],
  "topic-alias-zero": ["MQTT5-3.3.2-8", reasonCodes.topicAliasInvalid, "the topic alias is zero"],
  "response-topic-invalid": [
    "MQTT5-3.3.2-14",
    notAllowed,
    "the response topic is empty or holds a wildcard",
  ],
  "authentication-method-missing": [
    "MQTT5 4.12",
    notAllowed,
    "the authentication method is missing",
  ],
  "reason-code-reserved": [
    "MQTT5 2.4",
    notAllowed,
    "the reason code does not belong in its packet",
  ],
  "reason-codes-missing": ["MQTT5 2.4", notAllowed, "there is no reason code"],
  "subscribe-options-reserved": [
    "MQTT5-3.8.3-5",
    malformed,
    "a reserved bit of the subscription options is set",
  ],
  "retain-handling-invalid": ["MQTT5 3.8.3.1", notAllowed, "the retain handling is not 0, 1 or 2"],
  "no-local-shared": ["MQTT5-3.8.3-4", notAllowed, "a shared subscription has the No Local option"],
} as const satisfies Record<string, Row>;

/** The codes that only MQTT 5 knows. */
export type Mqtt5ErrorCode = keyof typeof rows;

/** The row of `code` as a value. */
export function protocolError5(code: ProtocolErrorCode): ProtocolError {
  if (code in commonRows) {
    const [clause, reasonCode] = commonRows[code as keyof typeof commonRows];
    return { ...protocolError(code), clause, reasonCode };
  }
  const [clause, reasonCode, message] = rows[code as Mqtt5ErrorCode];
  return { code, clause, message, reasonCode };
}
