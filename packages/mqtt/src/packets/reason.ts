/**
 * How an acknowledgement, DISCONNECT or AUTH of MQTT 5 ends: a reason code, then properties.
 *
 * Both are left out when they say nothing: the properties when there are none, the reason code when
 * it also is success. Below level 5 there is neither.
 */

import { type Dialect, mqtt5Level } from "../dialect.ts";
import type { Properties, ReasonPlace } from "../properties.ts";

export interface Reason {
  /** One of `reasonCodes`. Decoded: always there at level 5, else never. Absent: success. */
  readonly reasonCode?: number | undefined;
  readonly properties?: Properties | undefined;
}

const nothing = new Uint8Array(0);

/** Empty when there is nothing to say. Throws a RangeError for a code of another packet. */
export function encodeReason(reason: Reason, place: ReasonPlace, dialect: Dialect): Uint8Array {
  const { reasonCode = 0, properties } = reason;
  if (dialect.protocolLevel !== mqtt5Level) return nothing;
  if (reasonCode === 0 && properties === undefined) return nothing;
  checkReasonCode(reasonCode, place, dialect);
  if (properties === undefined) return Uint8Array.of(reasonCode);
  const field = dialect.encodeProperties(properties, place);
  const bytes = new Uint8Array(1 + field.length);
  bytes[0] = reasonCode;
  bytes.set(field, 1);
  return bytes;
}

/** Throws a RangeError when the decoder would refuse the code. */
export function checkReasonCode(code: number, place: ReasonPlace, dialect: Dialect): void {
  if (!dialect.isReasonCode(code, place)) {
    throw new RangeError(`cannot encode reason code "${code}" in "${place}"`);
  }
}
