/**
 * What can be wrong with received bytes: one table, each row with its clause of MQTT 3.1.1.
 *
 * What the rows are in MQTT 5, and what can be wrong there alone, is in `mqtt5/errors.ts`. Whoever
 * receives one of these closes the network connection [MQTT-4.8.0-1]. Rules that need more than one
 * packet (CONNECT comes first, packet ids in use) are the connection's, not ours.
 */

import type { Mqtt5ErrorCode } from "./mqtt5/errors.ts";

/** Code: clause (a normative tag, else a section), what is wrong. */
const rows = {
  "packet-type-reserved": ["2.2.1", "the packet type is reserved"],
  "flags-invalid": ["MQTT-2.2.2-2", "the flags of the fixed header are not those of its type"],
  "remaining-length-malformed": ["2.2.3", "the remaining length takes more than four bytes"],
  "packet-too-large": ["MQTT-4.8.0-2", "the packet is larger than is accepted here"],
  "packet-truncated": ["2.2.3", "a field reaches past the end of the packet"],
  "bytes-left-over": ["2.2.3", "the packet goes on after its last field"],
  "text-malformed": ["MQTT-1.5.3-1", "a text is not well-formed UTF-8"],
  "text-with-null": ["MQTT-1.5.3-2", "a text holds the character U+0000"],
  "packet-id-zero": ["MQTT-2.3.1-1", "the packet id is zero"],
  "topic-empty": ["MQTT-4.7.3-1", "the topic name is empty"],
  "topic-with-wildcard": ["MQTT-3.3.2-2", "the topic name holds a wildcard"],
  "publish-qos-invalid": ["MQTT-3.3.1-4", "both QoS bits of the PUBLISH are set"],
  "publish-dup-invalid": ["MQTT-3.3.1-2", "a PUBLISH of QoS 0 has the DUP flag"],
  "protocol-name-unknown": ["MQTT-3.1.2-1", "the protocol name is not that of the level"],
  "connect-flag-reserved": ["MQTT-3.1.2-3", "the reserved flag of the CONNECT is set"],
  "will-flags-without-will": ["MQTT-3.1.2-11", "there is a will QoS or will retain but no will"],
  "will-qos-invalid": ["MQTT-3.1.2-14", "both QoS bits of the will are set"],
  "password-without-username": ["MQTT-3.1.2-22", "there is a password but no user name"],
  "connack-flags-reserved": ["3.2.2.1", "a reserved flag of the CONNACK is set"],
  "subscribe-empty": ["MQTT-3.8.3-3", "the SUBSCRIBE holds no topic filter"],
  "subscribe-options-invalid": ["MQTT-3.8.3-4", "the requested QoS is not 0, 1 or 2"],
  "suback-code-reserved": ["MQTT-3.9.3-2", "a return code of the SUBACK is reserved"],
  "unsubscribe-empty": ["MQTT-3.10.3-2", "the UNSUBSCRIBE holds no topic filter"],
} as const satisfies Record<string, readonly [clause: string, message: string]>;

/** The codes that MQTT 3.1 and 3.1.1 know. */
export type CommonErrorCode = keyof typeof rows;

export type ProtocolErrorCode = CommonErrorCode | Mqtt5ErrorCode;

export interface ProtocolError {
  readonly code: ProtocolErrorCode;
  /** In a tag or section of MQTT 5, `MQTT5` instead of `MQTT`. */
  readonly clause: string;
  readonly message: string;
  /** Level 5 only: what a CONNACK or DISCONNECT says about it. */
  readonly reasonCode?: number | undefined;
}

/** The row of `code` as a value. The codes of MQTT 5 alone come from its dialect and not here. */
export function protocolError(code: ProtocolErrorCode): ProtocolError {
  const [clause, message] = rows[code as CommonErrorCode];
  return { code, clause, message };
}
