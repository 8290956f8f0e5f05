/** From bytes to a packet: hands each packet to the file that knows it. */

import { firstBytes, publishFlags } from "./fixed-header.ts";
import type { Packet } from "./packet.ts";
import { decodeAcknowledgement } from "./packets/acknowledgement.ts";
import { decodeAuth } from "./packets/auth.ts";
import { decodeConnack } from "./packets/connack.ts";
import { decodeConnect } from "./packets/connect.ts";
import { decodeDisconnect } from "./packets/disconnect.ts";
import { decodePublish } from "./packets/publish.ts";
import { decodeSuback } from "./packets/suback.ts";
import { decodeSubscribe } from "./packets/subscribe.ts";
import { decodeUnsuback } from "./packets/unsuback.ts";
import { decodeUnsubscribe } from "./packets/unsubscribe.ts";
import type { Reader } from "./reader.ts";

/** `firstByte` has been judged. What comes back counts only if the reader has no problem. */
export function decodePacket(firstByte: number, reader: Reader): Packet {
  switch (firstByte & ~publishFlags.dup) {
    case firstBytes.connect:
      return decodeConnect(reader);
    case firstBytes.connack:
      return decodeConnack(reader);
    case firstBytes.puback:
      return decodeAcknowledgement("puback", reader);
    case firstBytes.pubrec:
      return decodeAcknowledgement("pubrec", reader);
    case firstBytes.pubrel:
      return decodeAcknowledgement("pubrel", reader);
    case firstBytes.pubcomp:
      return decodeAcknowledgement("pubcomp", reader);
    case firstBytes.subscribe:
      return decodeSubscribe(reader);
    case firstBytes.suback:
      return decodeSuback(reader);
    case firstBytes.unsubscribe:
      return decodeUnsubscribe(reader);
    case firstBytes.unsuback:
      return decodeUnsuback(reader);
    case firstBytes.pingreq:
      return { type: "pingreq" };
    case firstBytes.pingresp:
      return { type: "pingresp" };
    case firstBytes.disconnect:
      return decodeDisconnect(reader);
    case firstBytes.auth:
      return decodeAuth(reader);
    default:
      return decodePublish(firstByte, reader);
  }
}
