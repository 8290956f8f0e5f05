/**
 * SUBSCRIBE (3.8): the client asks for the messages of some topic filters.
 *
 * Filters are checked as texts only: one that is no valid filter can be refused alone in the
 * SUBACK, so that is left to the server (`topicFilterProblem`).
 */

import type { Dialect } from "../dialect.ts";
import { firstBytes } from "../fixed-header.ts";
import type { Properties } from "../properties.ts";
import type { Reader } from "../reader.ts";
import { startPacket, textFieldBytes } from "../writer.ts";
import type { Qos } from "./publish.ts";

export interface Subscription {
  readonly filter: string;
  /** The highest QoS at which the client wants the messages. */
  readonly qos: Qos;
  /** Level 5 only, as the two after it: not the client's own messages. Absent: false. */
  readonly noLocal?: boolean | undefined;
  /** RETAIN stays as it was published. Absent: false. */
  readonly retainAsPublished?: boolean | undefined;
  /** Retained messages now: 0 yes, 1 only if the subscription is new, 2 no. Absent: 0. */
  readonly retainHandling?: 0 | 1 | 2 | undefined;
}

export interface Subscribe {
  readonly type: "subscribe";
  readonly packetId: number;
  /** At least one. */
  readonly subscriptions: readonly Subscription[];
  readonly properties?: Properties | undefined;
}

/** A packet that counts only if `reader` has no problem. */
export function decodeSubscribe(reader: Reader): Subscribe {
  const packetId = reader.packetId();
  const properties = reader.properties("subscribe");
  if (reader.remaining === 0) reader.fail("subscribe-empty"); // [MQTT-3.8.3-3] [MQTT5-3.8.3-2]
  const subscriptions: Subscription[] = [];
  while (reader.remaining > 0) {
    const filter = reader.text(); // [MQTT-3.8.3-1] [MQTT5-3.8.3-1]
    subscriptions.push(reader.subscription(filter));
  }
  return { type: "subscribe", packetId, subscriptions, properties };
}

/** The packet's bytes. Throws a RangeError for a filter too long or packet id 0. */
export function encodeSubscribe(packet: Subscribe, dialect: Dialect): Uint8Array {
  const { packetId, subscriptions } = packet;
  const properties = dialect.encodeProperties(packet.properties, "subscribe");
  let length = 2 + properties.length;
  for (const { filter } of subscriptions) length += textFieldBytes(filter) + 1;
  const writer = startPacket(firstBytes.subscribe, length);
  writer.packetId(packetId);
  writer.raw(properties);
  for (const subscription of subscriptions) {
    writer.text(subscription.filter);
    writer.byte(dialect.encodeOptions(subscription));
  }
  return writer.bytes;
}
