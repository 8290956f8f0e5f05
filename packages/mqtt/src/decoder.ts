/** The decoder of every level: a server learns the level from the CONNECT, a client says it. */

import { ChunkDecoder } from "./chunk-decoder.ts";
import { mqtt311Level, type ProtocolLevel } from "./dialect.ts";
import { dialectOf, dialects } from "./dialects.ts";
import type { Packet } from "./packet.ts";

export interface DecoderOptions {
  /** The largest packet accepted, in bytes, its fixed header included. */
  readonly packetBytesMax: number;
  /** Called for each packet, in order, during `push`. Must not throw. */
  readonly receive: (packet: Packet) => void;
  /** Before a CONNECT, or without one as in a client; 4 when absent. */
  readonly protocolLevel?: ProtocolLevel;
}

export class Decoder extends ChunkDecoder {
  constructor({ packetBytesMax, receive, protocolLevel = mqtt311Level }: DecoderOptions) {
    super({ packetBytesMax, receive, dialect: dialectOf(protocolLevel), dialects });
  }
}
