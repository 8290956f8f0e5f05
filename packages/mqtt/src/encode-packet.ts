/** From packet to bytes: hands each packet to the file that knows it. */

import type { Dialect } from "./dialect.ts";
import type { Packet } from "./packet.ts";
import { encodeAcknowledgement } from "./packets/acknowledgement.ts";
import { encodeAuth } from "./packets/auth.ts";
import { encodeConnack } from "./packets/connack.ts";
import { encodeConnect } from "./packets/connect.ts";
import { encodeDisconnect } from "./packets/disconnect.ts";
import { pingreqBytes, pingrespBytes } from "./packets/ping.ts";
import { encodePublish } from "./packets/publish.ts";
import { encodeSuback } from "./packets/suback.ts";
import { encodeSubscribe } from "./packets/subscribe.ts";
import { encodeUnsuback } from "./packets/unsuback.ts";
import { encodeUnsubscribe } from "./packets/unsubscribe.ts";

/** See `encode`. A CONNECT must be of the level of `dialect`. */
export function encodePacket(packet: Packet, dialect: Dialect): Uint8Array {
  switch (packet.type) {
    case "connect":
      return encodeConnect(packet, dialect);
    case "connack":
      return encodeConnack(packet, dialect);
    case "publish":
      return encodePublish(packet, dialect);
    case "puback":
    case "pubrec":
    case "pubrel":
    case "pubcomp":
      return encodeAcknowledgement(packet, dialect);
    case "subscribe":
      return encodeSubscribe(packet, dialect);
    case "suback":
      return encodeSuback(packet, dialect);
    case "unsubscribe":
      return encodeUnsubscribe(packet, dialect);
    case "unsuback":
      return encodeUnsuback(packet, dialect);
    case "pingreq":
      return pingreqBytes;
    case "pingresp":
      return pingrespBytes;
    case "disconnect":
      return encodeDisconnect(packet, dialect);
    case "auth":
      return encodeAuth(packet, dialect);
  }
}
