/** A client of the broker over TCP. */

import type { Connection, Link } from "../broker/mod.ts";
import type { MqttDoor } from "./mqtt-door.ts";
import { type Arrival, SocketOwner } from "./socket-owner.ts";

export class TcpLink extends SocketOwner implements Link {
  readonly remoteAddress: string;
  readonly #door: MqttDoor;
  #connection: Connection | undefined;

  constructor({ socket, remoteAddress }: Arrival, door: MqttDoor) {
    super(socket);
    this.remoteAddress = remoteAddress;
    this.#door = door;
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
  connect(): void {
    this.#door.openCount += 1;
    this.#connection = this.#door.broker.connect(this);
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
    if (!this.#connection) return; // its handshake was not done
    this.#door.openCount -= 1;
    this.#connection.gone();
  }
}
