/**
 * MQTT over TCP.
 *
 * A socket takes what the kernel takes; the rest is kept here, at most one flush of the outbox, and
 * goes out when the socket drains. Until then the link is not writable and the outbox waits.
 */

import type { Socket } from "bun";
import type { Broker, Connection, Link } from "../broker/mod.ts";

export interface TcpListener {
  readonly port: number;
  /** Stops accepting; connections that are open go on. */
  stop(): void;
}

const probeAfterMs = 60_000;

/** How long the last bytes may take to reach a peer that does not read. */
const lastBytesSeconds = 10;

interface SocketState {
  readonly connection: Connection;
  readonly link: TcpLink;
}

/** Listens at once; throws what the system says when the address cannot be had. */
export function listenTcp(broker: Broker, address: { host: string; port: number }): TcpListener {
  const listener = Bun.listen<SocketState>({
    hostname: address.host,
    port: address.port,
    socket: {
      binaryType: "uint8array",
      open(socket) {
        socket.setNoDelay(true);
        socket.setKeepAlive(true, probeAfterMs); // finds peers that vanished without a keep-alive
        const link = new TcpLink(socket);
        socket.data = { connection: broker.connect(link), link };
      },
      data: (socket, bytes) => socket.data.connection.receive(bytes),
      drain: (socket) => {
        if (socket.data.link.writeRest()) socket.data.connection.drained();
      },
      // A socket that the broker ends at once closes within `open`, before it has its data.
      close: (socket) => socket.data?.connection.lost(),
      end: (socket) => socket.data.connection.lost(),
      timeout: (socket) => socket.terminate(),
      // What the network does is told to `close`; here comes what one of these functions threw.
      error: (_socket, error) => {
        throw error;
      },
    },
  });
  return { port: listener.port, stop: () => listener.stop(false) };
}

class TcpLink implements Link {
  readonly transport = "tcp";
  readonly remoteAddress: string;
  readonly #socket: Socket<SocketState>;
  #rest: Uint8Array | undefined;
  #ending = false;

  constructor(socket: Socket<SocketState>) {
    this.#socket = socket;
    this.remoteAddress = socket.remoteAddress;
  }

  get writable(): boolean {
    return this.#rest === undefined;
  }

  write(bytes: Uint8Array): void {
    const written = this.#socket.write(bytes);
    if (written >= 0 && written < bytes.length) this.#rest = bytes.subarray(written);
  }

  /** True once everything that was kept back is written. */
  writeRest(): boolean {
    const rest = this.#rest;
    if (rest) {
      this.#rest = undefined;
      this.write(rest);
    }
    if (this.#rest) return false;
    if (this.#ending) this.#socket.end();
    return true;
  }

  end(): void {
    if (this.#rest) {
      this.#ending = true;
      this.#socket.timeout(lastBytesSeconds);
    } else this.#socket.end();
  }

  pause(): void {
    this.#socket.pause();
  }

  resume(): void {
    this.#socket.resume();
  }
}
