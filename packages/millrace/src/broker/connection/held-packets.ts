/**
 * What a client sends while its door still asks somebody who it is: it need not wait for its
 * CONNACK, so that the packets wait [MQTT 5, 3.1.4].
 *
 * The socket is not read meanwhile, so there is little more than what had come already; bounded all
 * the same. Packets are views of bytes that the next read writes over, so what waits has its own.
 */

import type { Connect, Packet, Properties } from "@millrace/mqtt";

const packetsMax = 1000;

export class HeldPackets {
  readonly #bytesMax: number;
  readonly #packets: Packet[] = [];
  #bytes = 0;

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax;
  }

  /** Bytes have come, whatever packets they become. */
  count(bytes: number): void {
    this.#bytes += bytes;
  }

  /** False when that is more than is kept. */
  add(packet: Packet): boolean {
    if (this.#packets.length >= packetsMax || this.#bytes > this.#bytesMax) return false;
    this.#packets.push(ownPacket(packet));
    return true;
  }

  take(): Packet[] {
    return this.#packets.splice(0);
  }
}

/** The packet with bytes of its own. */
function ownPacket(packet: Packet): Packet {
  if (packet.type !== "publish") return packet;
  const { properties } = packet;
  return {
    ...packet,
    payload: new Uint8Array(packet.payload),
    ...(properties && { properties: ownProperties(properties) }),
  };
}

/** The same for a CONNECT, whose password and will are bytes. */
export function ownConnect(packet: Connect): Connect {
  const { password, will } = packet;
  return {
    ...packet,
    ...(password && { password: new Uint8Array(password) }),
    ...(will && {
      will: {
        ...will,
        payload: new Uint8Array(will.payload),
        ...(will.properties && { properties: ownProperties(will.properties) }),
      },
    }),
  };
}

function ownProperties(properties: Properties): Properties {
  const { correlationData } = properties;
  if (!correlationData) return properties;
  return { ...properties, correlationData: new Uint8Array(correlationData) };
}
