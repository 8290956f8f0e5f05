/**
 * A client for cases that need every packet in hand: it sends what it is told and nothing else, and
 * gives out what comes, in order. Every wait is bounded.
 */

import type { Connect, Packet, PacketType } from "@millrace/mqtt";
import { Line } from "../storm/line.ts";
import { Random } from "../storm/random.ts";
import type { Cut } from "../storm/wire.ts";

type Received<T extends PacketType> = Extract<Packet, { type: T }>;

const waitMsMax = 10_000;

export class Talker {
  readonly #line: Line;
  readonly #packets: Packet[];
  #wake: () => void = () => {};

  private constructor(line: Line, packets: Packet[], onPacket: { wake: () => void }) {
    this.#line = line;
    this.#packets = packets;
    onPacket.wake = () => this.#wake();
    line.closed.then(() => this.#wake());
  }

  /** Connected, with CONNACK the next to be received. Rejects when nobody listens. */
  static async connect(
    url: string,
    options: Partial<Omit<Connect, "protocolLevel">> & { protocolLevel?: 4 | 5 } = {},
  ): Promise<Talker> {
    const { protocolLevel = 4 } = options;
    const packets: Packet[] = [];
    const onPacket = { wake: () => {} };
    const line = await Line.open({
      url,
      protocolLevel,
      random: new Random(0),
      receive(packet) {
        packets.push(packet);
        onPacket.wake();
      },
      malformed(message) {
        throw new Error(message);
      },
    });
    if (!line) throw new Error(`nobody listens at ${url}`);
    const talker = new Talker(line, packets, onPacket);
    talker.send({
      type: "connect",
      cleanSession: true,
      keepAliveSeconds: 0,
      clientId: "",
      ...options,
      protocolLevel,
    });
    return talker;
  }

  send(packet: Packet): void {
    this.#line.send(packet);
  }

  /** The next packet; `undefined` when the connection has ended. */
  async next(): Promise<Packet | undefined> {
    const endMs = performance.now() + waitMsMax;
    while (this.#packets.length === 0 && this.#line.isOpen) {
      const leftMs = endMs - performance.now();
      if (leftMs <= 0) throw new Error(`nothing came in ${waitMsMax} ms`);
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, leftMs);
        this.#wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    return this.#packets.shift();
  }

  /** The next packet of this type; what comes before it is passed over. */
  async hear<T extends PacketType>(type: T): Promise<Received<T>> {
    for (;;) {
      const packet = await this.next();
      if (!packet) throw new Error(`the connection ended before ${type.toUpperCase()}`);
      if (packet.type === type) return packet as Received<T>;
    }
  }

  cut(how: Cut = "vanish"): void {
    this.#line.cut(how);
  }
}
