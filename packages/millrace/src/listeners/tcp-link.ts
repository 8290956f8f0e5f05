/** A client of the broker over TCP. */

import type { Socket } from "bun";
import type { Broker, Connection, Link } from "../broker/mod.ts";
import { SocketOwner } from "./socket-owner.ts";

export class TcpLink extends SocketOwner implements Link {
  readonly remoteAddress: string;
  #connection: Connection | undefined;

  constructor(socket: Socket<SocketOwner>, remoteAddress: string) {
    super(socket);
    this.remoteAddress = remoteAddress;
  }

  /** Behind a proxy the ports and the local address are those of its own connection. */
  get addresses(): Link["addresses"] {
    const { remoteAddress, remotePort, localAddress, localPort } = this.socket;
    if (remoteAddress !== this.remoteAddress) return undefined;
    return { remotePort, localAddress, localPort };
  }

  get transport(): "tcp" | "tls" {
    return "tcp";
  }

  /** From here on the bytes are the broker's; it may end the socket at once. */
  connect(broker: Broker): void {
    this.#connection = broker.connect(this);
  }

  protected override take(bytes: Uint8Array): void {
    this.#connection?.receive(bytes);
  }

  protected override drained(): void {
    this.#connection?.drained();
  }

  protected override ended(): void {
    this.#connection?.lost();
  }

  protected override gone(): void {
    this.#connection?.gone();
  }
}
