/**
 * One WebSocket with MQTT inside, from CONNECT to its end; it never reconnects.
 *
 * Whatever is sent in one turn leaves as one frame, in a microtask. After three quarters of the
 * keep-alive time comes a PINGREQ, whose answer must be there within the last quarter: so the
 * server hears from us in time [MQTT-3.1.2-23], and a connection that died silently is noticed.
 */

import { ChunkDecoder } from "../chunk-decoder.ts";
import { mqtt311 } from "../dialect.ts";
import { encodePacket } from "../encode-packet.ts";
import { packetBytesLimit } from "../limits.ts";
import type { Packet } from "../packet.ts";
import type { Connect } from "../packets/connect.ts";
import { disconnectBytes } from "../packets/disconnect.ts";
import { pingreqBytes } from "../packets/ping.ts";
import { connackReturnCodes } from "../return-codes.ts";
import type { Clock, Socket, Timer } from "./environment.ts";
import { frameBytesMax } from "./limits.ts";

export interface ConnectionOptions {
  readonly socket: Socket;
  readonly connect: Connect;
  readonly connectTimeoutMs: number;
  readonly clock: Clock;
  /** The server has accepted; from now on `send` may be used. */
  readonly accepted: () => void;
  /** Packets after CONNACK, PINGRESP excepted. */
  readonly receive: (packet: Packet) => void;
  /** The connection ended, and not by `close`; nothing is called after it. */
  readonly lost: (reason: string) => void;
}

export class Connection {
  readonly #options: ConnectionOptions;
  readonly #decoder: ChunkDecoder;
  #state: "opening" | "open" | "over" = "opening";
  #queued: Uint8Array[] = [];
  #timer: Timer;
  #awaitsPingresp = false;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    const { socket, connect, clock, connectTimeoutMs } = options;
    this.#decoder = new ChunkDecoder({
      packetBytesMax: packetBytesLimit,
      receive: (packet) => this.#receive(packet),
      dialect: mqtt311,
      dialects: [mqtt311],
    });
    this.#timer = clock.after(connectTimeoutMs, () => this.lose("there was no CONNACK in time"));
    socket.binaryType = "arraybuffer";
    socket.onopen = () => this.send(encodePacket(connect, mqtt311)); // [MQTT-3.1.0-1]
    socket.onmessage = ({ data }) => this.#push(data);
    socket.onclose = ({ code }) => this.lose(`the socket closed with code ${code}`);
  }

  /** The bytes must not change before the turn ends. */
  send(bytes: Uint8Array): void {
    if (this.#queued.length === 0) queueMicrotask(() => this.#flush());
    this.#queued.push(bytes);
  }

  /** Finds out now, not only at the next keep-alive, whether the server is still there. */
  probe(): void {
    if (this.#state === "open" && !this.#awaitsPingresp) this.#ping();
  }

  /** Leaves properly: what was sent still goes out, then DISCONNECT. */
  close(): void {
    if (this.#state === "open") this.send(disconnectBytes); // [MQTT-3.14.4-1]
    this.#flush();
    this.#finish();
  }

  /** Ends the connection without DISCONNECT and says so to `lost`; once only. */
  lose(reason: string): void {
    if (this.#state === "over") return;
    this.#finish();
    this.#options.lost(reason);
  }

  #push(data: unknown): void {
    if (!(data instanceof ArrayBuffer)) {
      this.lose("the server sent a text frame"); // [MQTT-6.0.0-1]
      return;
    }
    const error = this.#decoder.push(new Uint8Array(data)); // [MQTT-6.0.0-2]
    if (error !== undefined) this.lose(`the server broke ${error.clause}: ${error.message}`);
  }

  #receive(packet: Packet): void {
    if (this.#state === "opening") this.#accept(packet);
    else if (packet.type === "pingresp") this.#keepAlive();
    else this.#options.receive(packet);
  }

  #accept(packet: Packet): void {
    if (packet.type !== "connack") {
      this.lose(`the server began with "${packet.type}"`); // [MQTT-3.2.0-1]
    } else if (packet.returnCode !== connackReturnCodes.accepted) {
      this.lose(`the server refused the connection with return code ${packet.returnCode}`);
    } else {
      this.#state = "open";
      this.#keepAlive();
      this.#options.accepted();
    }
  }

  #keepAlive(): void {
    this.#awaitsPingresp = false;
    this.#timer.cancel();
    const { clock, connect } = this.#options;
    if (connect.keepAliveSeconds === 0) return;
    this.#timer = clock.after(connect.keepAliveSeconds * 750, () => this.#ping());
  }

  #ping(): void {
    this.#awaitsPingresp = true;
    this.#timer.cancel();
    this.send(pingreqBytes);
    const { clock, connect, connectTimeoutMs } = this.#options;
    const patienceMs = connect.keepAliveSeconds * 250 || connectTimeoutMs;
    this.#timer = clock.after(patienceMs, () => this.lose("there was no PINGRESP in time"));
  }

  #flush(): void {
    if (this.#state !== "over" && this.#queued.length > 0) {
      const bytes = joined(this.#queued);
      for (let at = 0; at < bytes.length; at += frameBytesMax) {
        this.#options.socket.send(bytes.subarray(at, at + frameBytesMax)); // [MQTT-6.0.0-1]
      }
    }
    this.#queued = [];
  }

  #finish(): void {
    this.#state = "over";
    this.#timer.cancel();
    this.#decoder.stop();
    const { socket } = this.#options;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
  }
}

function joined(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(parts.reduce((count, part) => count + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}
