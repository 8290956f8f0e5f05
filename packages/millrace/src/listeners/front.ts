/**
 * What stands before an HTTP server, and hands it whole connections.
 *
 * The runtime's HTTP server takes no socket that it has not accepted itself, and reads no PROXY
 * header. So a front accepts, connects to the server, which stands on loopback, and carries the
 * bytes both ways.
 *
 * The server asks here who a request is from: the front knows, for each connection that it has made
 * itself, from which port it made it and for whom. A connection that is not the front's is nobody's
 * and must be refused; so a program on this machine that finds the server cannot choose an address,
 * and nothing that a client sends can.
 *
 * What one side does not take makes the other wait; what was read until then is held, and counts
 * for the front's bound (`whole-http/held-bytes.ts`).
 */

import type { Socket } from "bun";
import { concatBytes, type Logger } from "../base/mod.ts";
import { type Arrival, ownedSocket, SocketOwner } from "./socket-owner.ts";
import { type HeldBytes, type Holder, Holding } from "./whole-http/held-bytes.ts";

const loopback = "127.0.0.1";

export interface Front {
  readonly port: number;
  /** Whom the server's peer stands for; `undefined`: it is not the front. */
  clientAddress(peer: { readonly address: string; readonly port: number }): string | undefined;
  /** Stops accepting; resolves when all connections have ended, or have had their time. */
  stop(): Promise<void>;
}

/** Who the connections of a front stand for, by the port that each was made from. */
export function addressOf(clients: ReadonlyMap<number, string>): Front["clientAddress"] {
  return ({ address, port }) => (address === loopback ? clients.get(port) : undefined);
}

/** What the pipes of one front share. */
export interface ServerBehind {
  /** Where the server listens, on 127.0.0.1. */
  readonly serverPort: number;
  readonly logger: Logger;
  readonly held: HeldBytes;
  /** Whom connections to the server stand for, by the port that they are made from. */
  readonly clients: Map<number, string>;
  readonly handedOver: HandedOver;
}

/** Clients that are here, whether the server's side is there yet or not. */
export interface HandedOver {
  count: number;
}

/** Gives the client a connection to the server, and carries the bytes both ways. */
export function joinServer(
  { socket, remoteAddress, firstBytes }: Arrival,
  shared: ServerBehind,
): void {
  const client = new ClientPipe(socket, { shared, remoteAddress, early: [firstBytes] });
  socket.data = client;
  shared.handedOver.count += 1;
  client.pause(); // until the server's side is there
  const hostname = loopback;
  void Bun.connect<SocketOwner>({
    hostname,
    port: shared.serverPort,
    allowHalfOpen: true,
    data: client,
    socket: serverSocket,
  });
}

/** A socket of the pair belongs to the client's pipe until it is connected. */
const serverSocket = {
  ...ownedSocket,
  open(socket: Socket<SocketOwner>) {
    socket.setNoDelay(true);
    (socket.data as ClientPipe).connected(socket);
  },
  connectError: (socket: Socket<SocketOwner>, error: Error) =>
    (socket.data as ClientPipe).unconnected(error),
};

/** One of the two sockets; what it receives, the other sends. */
class Pipe extends SocketOwner implements Holder {
  protected other: Pipe | undefined;
  readonly #held: HeldBytes;
  readonly #logger: Logger;
  #holding: Holding | undefined;
  /** What came while the kernel was full. */
  #waiting: Uint8Array[] | undefined;
  #waitingBytes = 0;
  #lastByteIsIn = false;

  constructor(socket: Socket<SocketOwner>, { held, logger }: ServerBehind) {
    super(socket);
    this.#held = held;
    this.#logger = logger;
  }

  /** Sends on, and has the other side wait while this one does. */
  carry(bytes: Uint8Array): void {
    if (this.writable) this.write(bytes);
    else {
      this.#waiting ??= [];
      this.#waiting.push(bytes);
      this.#waitingBytes += bytes.length;
    }
    if (this.writable) return;
    this.other?.pause();
    this.#noteHeld();
  }

  override onDrain(): void {
    super.onDrain();
    this.#noteHeld();
  }

  /** Both sides go: one of them does not take what the other sends. */
  cutOff(): void {
    const unsentBytes = this.unsentBytes + this.#waitingBytes;
    this.#logger.warn("slow pipe to the server behind cut off", { unsentBytes });
    this.other?.terminate();
    this.terminate();
  }

  #noteHeld(): void {
    const bytes = this.unsentBytes + this.#waitingBytes;
    if (bytes === 0 && !this.#holding) return;
    this.#holding ??= new Holding(this);
    this.#held.note(this.#holding, bytes);
  }

  /** Sends FIN once everything is written, and goes on receiving. */
  finish(): void {
    this.#lastByteIsIn = true;
    if (this.writable) this.socket.shutdown();
  }

  protected override take(bytes: Uint8Array): void {
    this.other?.carry(bytes);
  }

  protected override drained(): void {
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#waitingBytes = 0;
    if (waiting) this.write(concatBytes(waiting));
    if (!this.writable) return;
    if (this.#lastByteIsIn) this.socket.shutdown();
    else this.other?.resume();
  }

  protected override ended(): void {
    this.other?.finish();
  }

  protected override gone(): void {
    this.#waiting = undefined;
    this.#waitingBytes = 0;
    this.#noteHeld();
    this.other?.end();
  }
}

/** What a client's pipe needs until the server's side is there. */
interface Beginning {
  readonly shared: ServerBehind;
  readonly remoteAddress: string;
  readonly early: Uint8Array[];
}

class ClientPipe extends Pipe {
  #beginning: Beginning | undefined;
  readonly #handedOver: HandedOver;
  #endedEarly = false;

  constructor(socket: Socket<SocketOwner>, beginning: Beginning) {
    super(socket, beginning.shared);
    this.#beginning = beginning;
    this.#handedOver = beginning.shared.handedOver;
  }

  connected(socket: Socket<SocketOwner>): void {
    const { shared, remoteAddress, early } = this.#beginning!;
    this.#beginning = undefined;
    const server = new ServerPipe(socket, this, shared);
    socket.data = server;
    if (!this.isOpen) {
      server.terminate();
      return;
    }
    server.register(remoteAddress);
    this.other = server;
    server.carry(concatBytes(early));
    if (server.writable) this.resume();
    if (this.#endedEarly) server.finish();
  }

  unconnected(error: Error): void {
    this.#beginning?.shared.logger.error("the server behind the front cannot be reached", {
      error: error.message,
    });
    this.terminate();
  }

  protected override take(bytes: Uint8Array): void {
    if (this.#beginning) this.#beginning.early.push(bytes);
    else super.take(bytes);
  }

  protected override ended(): void {
    this.#endedEarly = true;
    super.ended();
  }

  protected override gone(): void {
    this.#handedOver.count -= 1;
    super.gone();
  }
}

class ServerPipe extends Pipe {
  readonly #clients: Map<number, string>;
  readonly #port: number;

  constructor(socket: Socket<SocketOwner>, client: ClientPipe, shared: ServerBehind) {
    super(socket, shared);
    this.other = client;
    this.#clients = shared.clients;
    this.#port = socket.localPort;
  }

  /** Before the server receives a byte, it can ask whose they are. */
  register(remoteAddress: string): void {
    this.#clients.set(this.#port, remoteAddress);
  }

  /** The server ends a connection as a whole: what the client still sends is for nobody. */
  protected override ended(): void {
    this.other?.end();
    this.end();
  }

  protected override gone(): void {
    this.#clients.delete(this.#port);
    super.gone();
  }
}
