/** The subscription options of MQTT 5 (3.8.3.1): QoS and three more in one byte. */

import type { Qos } from "../packets/publish.ts";
import type { Subscription } from "../packets/subscribe.ts";
import type { Reader } from "../reader.ts";

const option = {
  qos: 0x03,
  noLocal: 0x04,
  retainAsPublished: 0x08,
  retainHandlingShift: 4,
  reserved: 0xc0,
} as const;

/** The subscription to `filter`, whose options come next. */
export function decodeOptions(reader: Reader, filter: string): Subscription {
  const options = reader.byte();
  const qos = options & option.qos;
  const noLocal = (options & option.noLocal) !== 0;
  const retainHandling = (options >> option.retainHandlingShift) & 3;
  if (options & option.reserved) reader.fail("subscribe-options-reserved"); // [MQTT5-3.8.3-5]
  if (qos === 3) reader.fail("subscribe-options-invalid"); // MQTT5 3.8.3.1
  if (retainHandling === 3) reader.fail("retain-handling-invalid"); // MQTT5 3.8.3.1
  if (noLocal && isShared(filter)) reader.fail("no-local-shared"); // [MQTT5-3.8.3-4]
  return {
    filter,
    qos: qos as Qos,
    noLocal,
    retainAsPublished: (options & option.retainAsPublished) !== 0,
    retainHandling: retainHandling as 0 | 1 | 2,
  };
}

/** Throws a RangeError for No Local on a shared subscription. */
export function encodeOptions(subscription: Subscription): number {
  const { filter, qos, noLocal, retainAsPublished, retainHandling = 0 } = subscription;
  if (noLocal && isShared(filter)) {
    throw new RangeError(`cannot encode No Local for "${filter}"`); // [MQTT5-3.8.3-4]
  }
  return (
    qos |
    (noLocal ? option.noLocal : 0) |
    (retainAsPublished ? option.retainAsPublished : 0) |
    (retainHandling << option.retainHandlingShift)
  );
}

function isShared(filter: string): boolean {
  return filter.startsWith("$share/");
}
