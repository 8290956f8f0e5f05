/**
 * A socket that has just been accepted from a proxy: reads the PROXY header, then hands the socket
 * on with the client's address. Whoever begins with anything else is cut off, and so is, by the
 * socket's timer, whoever does not finish.
 */

import type { Socket } from "bun";
import { concatBytes, type Logger, noBytes } from "../base/mod.ts";
import { readProxyHeader } from "./proxy-header.ts";
import { type Arrival, allowSeconds, SocketOwner } from "./socket-owner.ts";

/** What all sockets of one door share. */
export interface ProxiedDoor {
  readonly logger: Logger;
  /** Gives the socket another owner. */
  readonly welcome: (arrival: Arrival) => void;
}

export class ProxiedSocket extends SocketOwner {
  readonly #door: ProxiedDoor;
  #received: Uint8Array | undefined = noBytes;

  constructor(socket: Socket<SocketOwner>, door: ProxiedDoor) {
    super(socket);
    this.#door = door;
  }

  protected override take(bytes: Uint8Array): void {
    // After an upgrade to TLS the runtime still shows this owner what is on the wire.
    if (!this.#received) return;
    this.#received = concatBytes([this.#received, bytes]);
    const header = readProxyHeader(this.#received);
    if (header.kind === "partial") return;
    const { socket } = this;
    const firstBytes = this.#received;
    this.#received = undefined;
    if (header.kind === "invalid") {
      const { logger } = this.#door;
      const ip = socket.remoteAddress;
      logger.warn("PROXY header refused, connection closed", { ip, message: header.reason });
      this.terminate();
      return;
    }
    allowSeconds(socket, 0);
    this.#door.welcome({
      socket,
      remoteAddress: header.clientAddress ?? socket.remoteAddress,
      firstBytes: firstBytes.subarray(header.length),
    });
  }

  protected override drained(): void {}

  protected override ended(): void {
    if (this.#received) this.terminate();
  }

  protected override gone(): void {}
}
