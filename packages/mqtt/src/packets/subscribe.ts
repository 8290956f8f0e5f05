/**
 * SUBSCRIBE (3.8): the client asks for the messages of some topic filters.
 *
 * Filters are checked as texts only: one that is no valid filter can be refused alone in the
 * SUBACK, so that is left to the server (`topicFilterProblem`).
 */

import { firstBytes } from "../fixed-header.ts";
import type { Reader } from "../reader.ts";
import { textFieldBytes, Writer } from "../writer.ts";
import type { Qos } from "./publish.ts";

export interface Subscription {
  readonly filter: string;
  /** The highest QoS at which the client wants the messages. */
  readonly qos: Qos;
}

export interface Subscribe {
  readonly type: "subscribe";
  readonly packetId: number;
  /** At least one. */
  readonly subscriptions: readonly Subscription[];
}

/** A packet that counts only if `reader` has no problem. */
export function decodeSubscribe(reader: Reader): Subscribe {
  const packetId = reader.packetId();
  if (reader.remaining === 0) reader.fail("subscribe-empty"); // [MQTT-3.8.3-3]
  const subscriptions: Subscription[] = [];
  while (reader.remaining > 0) {
    const filter = reader.text(); // [MQTT-3.8.3-1]
    const options = reader.byte();
    if (options > 2) reader.fail("subscribe-options-invalid"); // [MQTT-3.8.3-4]
    subscriptions.push({ filter, qos: options as Qos });
  }
  return { type: "subscribe", packetId, subscriptions };
}

/** The packet's bytes. Throws a RangeError for a filter too long or packet id 0. */
export function encodeSubscribe({ packetId, subscriptions }: Subscribe): Uint8Array {
  let length = 2;
  for (const { filter } of subscriptions) length += textFieldBytes(filter) + 1;
  const writer = new Writer(firstBytes.subscribe, length);
  writer.packetId(packetId);
  for (const { filter, qos } of subscriptions) {
    writer.text(filter);
    writer.byte(qos);
  }
  return writer.bytes;
}
