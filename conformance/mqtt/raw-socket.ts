/**
 * A bare TCP connection for clients that misbehave: it writes what it is told as far as the other
 * side takes it, reads only when asked to, and tells when it has been closed.
 */

import { connect, type Socket } from "node:net";

export class RawSocket {
  readonly closed: Promise<void>;
  readonly #socket: Socket;
  #receivedCount = 0;

  private constructor(socket: Socket) {
    this.#socket = socket;
    this.closed = new Promise((resolve) => socket.once("close", () => resolve()));
    socket.on("data", (bytes) => {
      this.#receivedCount += bytes.length;
    });
    socket.on("error", () => {}); // `closed` says enough
  }

  /** Of an address like `mqtt://127.0.0.1:1883`. Rejects when nobody listens. */
  static open(url: string): Promise<RawSocket> {
    const { hostname, port } = new URL(url);
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    const raw = new RawSocket(socket);
    return new Promise((resolve, reject) => {
      socket.once("connect", () => resolve(raw));
      socket.once("error", reject);
    });
  }

  get isClosed(): boolean {
    return this.#socket.destroyed;
  }

  /** Bytes received so far. */
  get receivedCount(): number {
    return this.#receivedCount;
  }

  /** Resolves when the system has taken it all; stays open for ever when the other side stalls. */
  async write(bytes: Uint8Array | string): Promise<void> {
    if (this.#socket.write(bytes) || this.isClosed) return;
    const drained = new Promise<void>((resolve) => this.#socket.once("drain", () => resolve()));
    await Promise.race([drained, this.closed]);
  }

  stopReading(): void {
    this.#socket.pause();
  }

  readOn(): void {
    this.#socket.resume();
  }

  end(): void {
    this.#socket.destroy();
  }
}
