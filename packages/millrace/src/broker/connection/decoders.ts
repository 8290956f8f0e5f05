/**
 * Decoders on loan: a connection has one while it has half a packet, and none while it is idle.
 *
 * There are many connections and most are silent; a decoder of its own would be a quarter of what
 * an idle one costs. One that has met an error is not lent again.
 */

import { Decoder, type Packet, type ProtocolError, type ProtocolLevel } from "@millrace/mqtt";

/** Whoever takes the packets. */
export interface PacketReceiver {
  handlePacket(packet: Packet): void;
}

export interface LentDecoder {
  readonly protocolLevel: ProtocolLevel;
  /** Whether it may be given back. */
  readonly idle: boolean;
  push(bytes: Uint8Array): ProtocolError | undefined;
  /** Nothing more is delivered; it must not be given back. */
  stop(): void;
}

class Lendable extends Decoder implements LentDecoder {
  receiver: PacketReceiver | undefined;
}

export class Decoders {
  readonly #packetBytesMax: number;
  readonly #free: Lendable[] = [];

  constructor(packetBytesMax: number) {
    this.#packetBytesMax = packetBytesMax;
  }

  /** A decoder that stands before a packet of this level. */
  lend(receiver: PacketReceiver, protocolLevel: ProtocolLevel): LentDecoder {
    const decoder = this.#free.pop() ?? this.#make();
    decoder.receiver = receiver;
    decoder.speak(protocolLevel);
    return decoder;
  }

  giveBack(decoder: LentDecoder): void {
    const own = decoder as Lendable;
    own.receiver = undefined;
    this.#free.push(own);
  }

  #make(): Lendable {
    const decoder: Lendable = new Lendable({
      packetBytesMax: this.#packetBytesMax,
      receive: (packet) => decoder.receiver?.handlePacket(packet),
    });
    return decoder;
  }
}
