/** For the tests: sockets whose other end is the test, a clock that it moves, a known jitter. */

import { Decoder } from "../decoder.ts";
import { encode } from "../encode.ts";
import { packetBytesLimit } from "../limits.ts";
import type { Packet } from "../packet.ts";
import type { Clock, Environment, Socket } from "./environment.ts";

export class FakeSocket implements Socket {
  binaryType: BinaryType = "blob";
  onopen: Socket["onopen"] = null;
  onmessage: Socket["onmessage"] = null;
  onclose: Socket["onclose"] = null;
  closed = false;
  /** What the client has sent, as frames and as packets. */
  readonly frames: Uint8Array[] = [];
  readonly packets: Packet[] = [];
  readonly #self = this as unknown as WebSocket;
  readonly #decoder = new Decoder({
    packetBytesMax: packetBytesLimit,
    receive: (packet) => this.packets.push(packet),
  });

  send(data: Parameters<Socket["send"]>[0]): void {
    if (this.closed || !(data instanceof Uint8Array)) throw new Error("cannot send this now");
    const frame = new Uint8Array(data);
    this.frames.push(frame);
    const error = this.#decoder.push(frame);
    if (error !== undefined) throw new Error(error.message);
  }

  close(): void {
    this.closed = true;
  }

  open(): void {
    this.onopen?.call(this.#self, new Event("open"));
  }

  /** The server sends these packets in frames of `frameBytes`. */
  serverSends(packets: readonly Packet[], frameBytes = 1_000_000): void {
    const bytes = Uint8Array.from(packets.flatMap((packet) => [...encode(packet)]));
    for (let at = 0; at < bytes.length; at += frameBytes) {
      this.serverSendsFrame(bytes.slice(at, at + frameBytes).buffer);
    }
  }

  serverSendsFrame(data: unknown): void {
    this.onmessage?.call(this.#self, new MessageEvent("message", { data }));
  }

  serverCloses(): void {
    this.onclose?.call(this.#self, new CloseEvent("close", { code: 1006 }));
  }

  packetsOf<T extends Packet["type"]>(type: T): Extract<Packet, { type: T }>[] {
    return this.packets.filter((packet) => packet.type === type) as Extract<Packet, { type: T }>[];
  }
}

export class FakeClock implements Clock {
  #nowMs = 0;
  #timers: { dueMs: number; callback: () => void }[] = [];

  monotonic(): number {
    return this.#nowMs;
  }

  after(delayMs: number, callback: () => void) {
    const timer = { dueMs: this.#nowMs + delayMs, callback };
    this.#timers.push(timer);
    const cancel = () => {
      this.#timers = this.#timers.filter((other) => other !== timer);
    };
    return { cancel };
  }

  /** Moves on by `ms`; timers fire in due order, and what they send in a microtask goes out. */
  async advance(ms: number): Promise<void> {
    const endMs = this.#nowMs + ms;
    for (;;) {
      const due = this.#timers.filter(({ dueMs }) => dueMs <= endMs);
      const next = due.sort((a, b) => a.dueMs - b.dueMs)[0];
      if (next === undefined) break;
      this.#timers = this.#timers.filter((timer) => timer !== next);
      this.#nowMs = next.dueMs;
      next.callback();
      await turn();
    }
    this.#nowMs = endMs;
    await turn();
  }
}

/** Ends the turn: every microtask that is due runs first. */
export function turn(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}

export interface FakeEnvironment extends Environment {
  readonly clock: FakeClock;
  readonly sockets: FakeSocket[];
  readonly reported: unknown[];
  goOnline(): void;
}

/** The jitter is a half: the first retry comes after 250 ms. */
export function fakeEnvironment(): FakeEnvironment {
  const sockets: FakeSocket[] = [];
  const reported: unknown[] = [];
  const onlineCallbacks = new Set<() => void>();
  return {
    sockets,
    reported,
    clock: new FakeClock(),
    random: () => 0.5,
    socket(_url, protocols) {
      if (protocols.join() !== "mqtt") throw new Error(`unknown subprotocol "${protocols}"`);
      const socket = new FakeSocket();
      sockets.push(socket);
      return socket;
    },
    whenOnline(callback) {
      onlineCallbacks.add(callback);
      return () => onlineCallbacks.delete(callback);
    },
    report: (problem) => reported.push(problem),
    goOnline() {
      for (const callback of onlineCallbacks) callback();
    },
  };
}
