/**
 * One client connection: raw bytes over TCP, or in WebSocket frames over TCP.
 *
 * No library stands between the socket and the counting, so that the generator costs little. What
 * the server sends goes to `receive`, which may be exchanged at any time. A connection that ends
 * before `close` was called is a failure of the measurement.
 */

import type { Socket } from "bun";
import { Deframer, frameOf, pongOf } from "./frames.ts";
import type { Target } from "./workload.ts";

export interface ConnectionOptions {
  readonly target: Target;
  readonly receive: (bytes: Uint8Array) => void;
  readonly lost: (reason: string) => void;
  /** An address of the loopback to come from; each has its own ports. Absent: any. */
  readonly from?: string;
}

const headEnd = "\r\n\r\n";

export class Connection {
  receive: (bytes: Uint8Array) => void;
  readonly #lost: (reason: string) => void;
  readonly #isFramed: boolean;
  #take: (bytes: Uint8Array) => void;
  #socket: Socket<Connection> | undefined;
  #unsent: Uint8Array = new Uint8Array(0);
  #closed = false;

  /** Resolves when bytes may be sent: connected, and upgraded where that is needed. */
  static async open(options: ConnectionOptions): Promise<Connection> {
    const connection = new Connection(options);
    const { host, port, transport } = options.target;
    const address = { hostname: host, port, localAddress: options.from };
    const socket = await Bun.connect<Connection>({
      ...address,
      data: connection,
      socket: handlers,
    });
    socket.setNoDelay(true);
    connection.#socket = socket;
    if (transport === "websocket") await connection.#upgrade(options.target);
    return connection;
  }

  private constructor({ target, receive, lost }: ConnectionOptions) {
    this.receive = receive;
    this.#lost = lost;
    this.#isFramed = target.transport === "websocket";
    this.#take = (bytes) => this.receive(bytes);
  }

  send(bytes: Uint8Array): void {
    this.#write(this.#isFramed ? frameOf(bytes) : bytes);
  }

  close(): void {
    this.#closed = true;
    this.#socket?.end();
  }

  take(bytes: Uint8Array): void {
    this.#take(bytes);
  }

  flush(): void {
    const unsent = this.#unsent;
    this.#unsent = unsent.subarray(0, 0);
    if (unsent.length > 0) this.#write(unsent);
  }

  end(reason: string): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#lost(reason);
  }

  #write(bytes: Uint8Array): void {
    const isFree = this.#unsent.length === 0;
    const sent = isFree ? Math.max(0, this.#socket!.write(bytes)) : 0;
    if (sent < bytes.length) this.#unsent = Buffer.concat([this.#unsent, bytes.subarray(sent)]);
  }

  async #upgrade({ host, port, path }: Target): Promise<void> {
    const upgraded = new Promise<string>((resolve) => {
      let head = "";
      this.#take = (bytes) => {
        head += Buffer.from(bytes).toString("latin1");
        if (!head.includes(headEnd)) return;
        const deframer = new Deframer(
          (piece) => this.receive(piece),
          (payload) => this.#write(pongOf(payload)),
        );
        this.#take = (later) => deframer.push(later);
        resolve(head);
      };
    });
    const lines = [
      `GET ${path} HTTP/1.1`,
      `Host: ${host}:${port}`,
      "Connection: Upgrade",
      "Upgrade: websocket",
      "Sec-WebSocket-Version: 13",
      "Sec-WebSocket-Key: bWlsbHJhY2UgYmVuY2ghIQ==",
      "Sec-WebSocket-Protocol: mqtt",
    ];
    this.#write(Buffer.from(lines.join("\r\n") + headEnd));
    const head = await upgraded;
    if (!head.startsWith("HTTP/1.1 101")) this.end(`no upgrade: ${head.split("\r\n")[0]}`);
  }
}

const handlers = {
  data: (socket: Socket<Connection>, bytes: Uint8Array) => socket.data.take(bytes),
  drain: (socket: Socket<Connection>) => socket.data.flush(),
  close: (socket: Socket<Connection>) => socket.data.end("the server closed a connection"),
  error: (socket: Socket<Connection>, error: Error) => socket.data.end(error.message),
};
