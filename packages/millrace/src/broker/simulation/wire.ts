/**
 * A connection between a client and the broker: two pipes, and the many ways in which it ends.
 *
 * Either side may end it, the power of the server may go, or it breaks: then of what is on the way
 * only a beginning arrives, and each side learns of it in its own time, the server perhaps long
 * after the client has come back on another wire.
 */

import type { Connection, Link } from "../mod.ts";
import { type NetworkHabits, Pipe } from "./pipe.ts";
import type { Scheduler } from "./scheduler.ts";
import type { SeededRandom } from "./seeded-random.ts";

export interface ClientEnd {
  receive(bytes: Uint8Array): void;
  /** Nothing arrives any more. */
  closed(): void;
}

export interface WireOptions {
  /** Unique: it is the remote address that the broker sees. */
  readonly name: string;
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly habits: () => NetworkHabits;
  readonly client: ClientEnd;
}

export class Wire {
  readonly name: string;
  readonly link: Link;
  readonly #options: WireOptions;
  readonly #toServer: Pipe;
  readonly #toClient: Pipe;
  #connection: Connection | undefined;
  #clientOpen = true;
  #broken = false;
  #blocked = false;
  #lostByteCount = 0;
  #sentByteCount = 0;
  #heardByteCount = 0;
  #lastPacketMs = 0;
  /** Where the packets end that have not arrived in full. */
  readonly #packetEnds: number[] = [];

  constructor(options: WireOptions) {
    const { name, scheduler, random, habits } = options;
    this.name = name;
    this.#options = options;
    const pipe = (arrive: (bytes: Uint8Array) => void) =>
      new Pipe({ scheduler, random, habits, arrive });
    this.#toServer = pipe((bytes) => this.#arriveAtServer(bytes));
    this.#toClient = pipe((bytes) => this.#arriveAtClient(bytes));
    this.link = this.#makeLink();
  }

  /** What the client has sent on it. */
  get sentByteCount(): number {
    return this.#sentByteCount;
  }

  /** What has arrived while the server was alive and listened. */
  get heardByteCount(): number {
    return this.#heardByteCount;
  }

  /** When a packet last arrived in full. */
  get lastPacketMs(): number {
    return this.#lastPacketMs;
  }

  get broken(): boolean {
    return this.#broken;
  }

  get openAtServer(): boolean {
    return this.#connection !== undefined;
  }

  /** The server has taken it over. */
  accepted(connection: Connection): void {
    this.#lastPacketMs = this.#options.scheduler.monotonic();
    this.#connection = connection;
  }

  /** A packet of the client. */
  send(bytes: Uint8Array): void {
    if (!this.#clientOpen) return;
    this.#sentByteCount += bytes.length;
    this.#packetEnds.push(this.#sentByteCount);
    this.#toServer.write(bytes);
  }

  /** The client ends it; what it has sent arrives before the end does. */
  hangUp(): void {
    this.#clientOpen = false;
    this.#toClient.destroy();
    this.#toServer.whenEmpty(() => this.#loseAtServer());
  }

  /** `serverAfterMs`: infinite when nothing but silence tells the server. */
  break({ serverAfterMs, clientAfterMs }: { serverAfterMs: number; clientAfterMs: number }): void {
    this.#broken = true;
    this.#toServer.cut();
    this.#toClient.cut();
    const { scheduler } = this.#options;
    if (Number.isFinite(serverAfterMs)) scheduler.after(serverAfterMs, () => this.#loseAtServer());
    scheduler.after(clientAfterMs, () => this.#closeAtClient());
  }

  /** The process at the other end is gone, and whatever it had not read. */
  serverDied(): void {
    this.#connection = undefined;
    this.#toServer.destroy();
    this.#toClient.cut();
    const clientAfterMs = this.#options.random.between(0, 50);
    this.#options.scheduler.after(clientAfterMs, () => this.#closeAtClient());
  }

  /** The server did not take it. */
  refused(): void {
    this.#closeAtClient();
  }

  #makeLink(): Link {
    const isWritable = () => !this.#blocked;
    return {
      transport: "tcp",
      remoteAddress: this.name,
      get writable() {
        return isWritable();
      },
      write: (bytes) => this.#write(bytes),
      end: () => this.#endAtServer(),
      pause: () => this.#toServer.pause(),
      resume: () => this.#toServer.resume(),
    };
  }

  #write(bytes: Uint8Array): void {
    if (this.#broken) this.#lostByteCount += bytes.length;
    else this.#toClient.write(bytes);
    const waiting = this.#toClient.byteCount + this.#lostByteCount;
    this.#blocked = waiting > this.#options.habits().windowBytes;
  }

  #endAtServer(): void {
    this.#connection = undefined;
    this.#toServer.destroy();
    if (!this.#broken) this.#toClient.whenEmpty(() => this.#closeAtClient());
  }

  #arriveAtServer(bytes: Uint8Array): void {
    if (!this.#connection) return;
    this.#heardByteCount += bytes.length;
    while (this.#packetEnds.length > 0 && this.#packetEnds[0]! <= this.#heardByteCount) {
      this.#packetEnds.shift();
      this.#lastPacketMs = this.#options.scheduler.monotonic();
    }
    this.#connection.receive(bytes);
  }

  #arriveAtClient(bytes: Uint8Array): void {
    if (this.#clientOpen) this.#options.client.receive(bytes);
    const halfWindow = this.#options.habits().windowBytes / 2;
    if (!this.#blocked || this.#broken || this.#toClient.byteCount > halfWindow) return;
    this.#blocked = false;
    this.#connection?.drained();
  }

  #loseAtServer(): void {
    const connection = this.#connection;
    this.#connection = undefined;
    this.#toServer.destroy();
    connection?.lost();
  }

  #closeAtClient(): void {
    if (!this.#clientOpen) return;
    this.#clientOpen = false;
    this.#options.client.closed();
  }
}
