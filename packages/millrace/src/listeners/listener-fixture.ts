/** For the tests of this part: a broker that only writes down what reaches it, and clients. */

import { connect, type Socket } from "node:net";
import { type ConnectionOptions, connect as connectTls, type TLSSocket } from "node:tls";
import { createLogger, type ManualClock, systemClock } from "../base/mod.ts";
import type { Broker, Link } from "../broker/mod.ts";
import { listenTcp, type TcpListener, type TcpOptions } from "./tcp.ts";

/** What a broker does with one client. */
export class Guest {
  readonly link: Link;
  /** The bytes that came, as Latin-1. */
  received = "";
  lost = 0;
  drains = 0;
  failure: string | undefined;
  left = 0;
  /** What the test has the broker do; the text is all that has come so far. */
  react: (text: string) => void = () => {};
  onDrained: () => void = () => {};

  constructor(link: Link) {
    this.link = link;
  }
}

/** A broker with guests instead of connections. */
export class Reception {
  readonly guests: Guest[] = [];
  readonly limits = { connectSecondsMax: 1, packetBytesMax: 100_000 };
  readonly log: string[] = [];
  readonly logger = createLogger({
    part: "listeners",
    clock: systemClock,
    levelMin: "info",
    write: (line) => this.log.push(line.slice(line.indexOf(" ") + 1)),
  });
  /** Called for every guest before it receives anything. */
  welcome: (guest: Guest) => void = () => {};
  #changed: () => void = () => {};

  /** Stands for a broker, as far as the listeners know one. */
  get broker(): Broker {
    return this as unknown as Broker;
  }

  connect(link: Link) {
    const guest = new Guest(link);
    this.guests.push(guest);
    this.welcome(guest);
    this.#changed();
    return {
      receive: (bytes: Uint8Array) => {
        guest.received += Buffer.from(bytes).toString("latin1");
        guest.react(guest.received);
        this.#changed();
      },
      drained: () => {
        guest.drains += 1;
        guest.onDrained();
        this.#changed();
      },
      lost: () => {
        guest.lost += 1;
        this.#changed();
      },
      gone: () => {
        if (guest.left === 0) guest.lost += 1;
        this.#changed();
      },
      left: () => {
        guest.left += 1;
        this.#changed();
      },
      fail: (message: string) => {
        guest.failure = message;
        link.end();
        this.#changed();
      },
    };
  }

  /** Resolves once the condition holds; it is asked whenever something has reached the broker. */
  async until(condition: () => boolean): Promise<void> {
    while (!condition()) {
      await new Promise<void>((resolve) => {
        this.#changed = resolve;
      });
    }
  }

  listen(options: Partial<TcpOptions> = {}): TcpListener {
    const { broker, logger } = this;
    const shared = { broker, clock: systemClock, logger };
    const defaults = { ...shared, host: "127.0.0.1", port: 0, proxyProtocol: false };
    return listenTcp({ ...defaults, ...options });
  }
}

/**
 * Stops a door whose one client was sent a large packet and the end, and has not read yet; tells
 * what the client has at last, and whether the door was waiting until then.
 */
export async function stopWithSlowReader(listener: TcpListener, caller: Caller, guest: Guest) {
  caller.socket.pause();
  guest.link.write(Buffer.alloc(16_000_000));
  guest.onDrained = () => {
    guest.onDrained = () => {};
    guest.link.write(Buffer.from("the end"));
  };
  let isOver = false;
  const over = listener.stop().then(() => (isOver = true));
  guest.link.end();
  await Bun.sleep(50);
  const waited = !isOver;
  let last = "";
  caller.socket.on("data", (bytes) => {
    last = `${last}${bytes.toString("latin1").slice(-7)}`.slice(-7);
  });
  caller.socket.resume();
  await caller.ended;
  caller.socket.end();
  await over;
  return { waited, last, receivedBytes: caller.receivedBytes };
}

/** How long, by its clock, a door waits for clients that do not read. */
export async function stopMsOf(listener: TcpListener, clock: ManualClock): Promise<number> {
  let isOver = false;
  void listener.stop().then(() => (isOver = true));
  while (!isOver) {
    clock.advance(50);
    await Bun.sleep(0);
  }
  return clock.monotonic();
}

/** The other side, as a program with Node's sockets is it. */
export class Caller {
  readonly socket: Socket | TLSSocket;
  received = "";
  receivedBytes = 0;
  error: string | undefined;
  readonly opened: Promise<void>;
  /** The server has sent its last byte. */
  readonly ended: Promise<void>;
  readonly closed: Promise<void>;

  constructor(socket: Socket | TLSSocket) {
    this.socket = socket;
    socket.on("data", (bytes) => {
      this.receivedBytes += bytes.length;
      if (this.received.length < 1000) this.received += bytes.toString("latin1");
    });
    socket.on("error", (error) => {
      this.error ??= error.message;
    });
    const happens = (event: string) =>
      new Promise<void>((resolve) => socket.once(event, () => resolve()));
    this.opened = happens("encrypted" in socket ? "secureConnect" : "connect");
    this.ended = happens("end");
    this.closed = happens("close");
  }

  /** Sends on and on until the socket is closed. */
  flood(): void {
    const bytes = Buffer.alloc(65_536, "x");
    const more = () => {
      if (!this.socket.destroyed) this.socket.write(bytes, () => setImmediate(more));
    };
    more();
  }
}

export function call(port: number, first = ""): Caller {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  if (first) socket.write(first, "latin1");
  return new Caller(socket);
}

/** `first` goes out before the handshake, as the header of a proxy does. */
export function callTls(port: number, options: ConnectionOptions = {}, first = ""): Caller {
  const socket = connect({ port, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {}); // told to the socket above as well
  if (first) socket.write(first, "latin1");
  const servername = "localhost";
  return new Caller(connectTls({ socket, servername, rejectUnauthorized: false, ...options }));
}
