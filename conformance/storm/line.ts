/**
 * A connection as packets: a wire with the codec on it, which sends its bytes in any pieces.
 */

import { Decoder, encode, mqtt311Level, type Packet, type ProtocolLevel } from "@millrace/mqtt";
import type { Random } from "./random.ts";
import { type Cut, openWire, type Wire } from "./wire.ts";

export interface LineOptions {
  readonly url: string;
  readonly protocolLevel?: ProtocolLevel;
  readonly random: Random;
  readonly receive: (packet: Packet) => void;
  /** The server sent what is no packet. */
  readonly malformed: (message: string) => void;
}

const packetBytesMax = 2 * 1_048_576;
const inPiecesChance = 0.05;

export class Line {
  /** Resolves when it has ended, from whichever side. */
  readonly closed: Promise<void>;
  readonly #protocolLevel: ProtocolLevel;
  readonly #random: Random;
  readonly #end: () => void;
  #wire: Wire | undefined;
  #isOpen = false;

  private constructor({ random, protocolLevel = mqtt311Level }: LineOptions) {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.closed = promise;
    this.#random = random;
    this.#protocolLevel = protocolLevel;
    this.#end = () => {
      this.#isOpen = false;
      resolve();
    };
  }

  /** `undefined` when the server is not there. */
  static async open(options: LineOptions): Promise<Line | undefined> {
    const line = new Line(options);
    const { receive, protocolLevel = mqtt311Level } = options;
    const decoder = new Decoder({ packetBytesMax, protocolLevel, receive });
    try {
      line.#wire = await openWire(options.url, {
        receive(bytes) {
          const problem = decoder.push(bytes);
          if (problem) options.malformed(problem.message);
        },
        closed: line.#end,
      });
    } catch {
      return undefined; // nobody listens: the server is being started again
    }
    line.#isOpen = true;
    return line;
  }

  get isOpen(): boolean {
    return this.#isOpen;
  }

  send(packet: Packet): void {
    if (!this.#isOpen) return;
    const bytes = encode(packet, this.#protocolLevel);
    if (bytes.length < 2 || !this.#random.chance(inPiecesChance)) {
      this.#wire?.send(bytes);
      return;
    }
    const at = this.#random.between(1, bytes.length - 1);
    this.#wire?.send(bytes.slice(0, at));
    this.#wire?.send(bytes.slice(at));
  }

  /** Sends a packet without its end. */
  sendTorn(packet: Packet): void {
    const bytes = encode(packet, this.#protocolLevel);
    if (this.#isOpen) this.#wire?.send(bytes.slice(0, this.#random.between(1, bytes.length - 1)));
  }

  cut(how: Cut): void {
    this.#wire?.cut(how);
    this.#end();
  }
}
