/** From packet to bytes: hands each packet to the file that knows it. */

import type { Packet } from "./packet.ts";
import { encodeAcknowledgement } from "./packets/acknowledgement.ts";
import { encodeConnack } from "./packets/connack.ts";
import { encodeConnect } from "./packets/connect.ts";
import { disconnectBytes } from "./packets/disconnect.ts";
import { pingreqBytes, pingrespBytes } from "./packets/ping.ts";
import { encodePublish } from "./packets/publish.ts";
import { encodeSuback } from "./packets/suback.ts";
import { encodeSubscribe } from "./packets/subscribe.ts";
import { encodeUnsuback } from "./packets/unsuback.ts";
import { encodeUnsubscribe } from "./packets/unsubscribe.ts";

/**
 * The bytes of `packet`, to be sent and not written into: those of packets without fields are
 * shared. Throws a RangeError for what has no encoding: a text too long or with U+0000, a packet
 * id out of 1 to 65,535, a CONNECT of another level than 4.
 */
export function encode(packet: Packet): Uint8Array {
  switch (packet.type) {
    case "connect":
      return encodeConnect(packet);
    case "connack":
      return encodeConnack(packet);
    case "publish":
      return encodePublish(packet);
    case "puback":
    case "pubrec":
    case "pubrel":
    case "pubcomp":
      return encodeAcknowledgement(packet);
    case "subscribe":
      return encodeSubscribe(packet);
    case "suback":
      return encodeSuback(packet);
    case "unsubscribe":
      return encodeUnsubscribe(packet);
    case "unsuback":
      return encodeUnsuback(packet);
    case "pingreq":
      return pingreqBytes;
    case "pingresp":
      return pingrespBytes;
    case "disconnect":
      return disconnectBytes;
  }
}
