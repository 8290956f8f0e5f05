/**
 * The server of a storm: it is killed, ended or interrupted while it starts, and started again on
 * the same ports and the same data.
 *
 * Half of the kills come on the heels of a packet that a client has just read, which is when the
 * least of what it promises may have reached the disk.
 */

import type { Packet } from "@millrace/mqtt";
import {
  type Addresses,
  killWhileStarting,
  type Server,
  type ServerOptions,
  startServer,
} from "../harness.ts";
import type { History } from "./history.ts";
import type { Random } from "./random.ts";

const promises: readonly Packet["type"][] = [
  "connack",
  "suback",
  "unsuback",
  "puback",
  "pubrec",
  "pubcomp",
  "publish",
  "pubrel",
];

/** How long a kill waits for its packet. */
const trapMsMax = 1_000;

/** What must not be in the log of a server that is only killed. */
const badLogLine = /^\S+ error .*|^.*session queue is full.*/gm;

export class Weather {
  readonly #options: ServerOptions;
  readonly #history: History;
  readonly #random: Random;
  #server: Server;
  #killCount = 0;
  #trap: { readonly packet: Packet["type"]; count: number; spring: () => void } | undefined;

  private constructor(server: Server, options: ServerOptions, history: History, random: Random) {
    this.#server = server;
    this.#options = options;
    this.#history = history;
    this.#random = random;
  }

  static async begin(options: ServerOptions, history: History, random: Random): Promise<Weather> {
    return new Weather(await startServer(options), options, history, random);
  }

  get addresses(): Addresses {
    return this.#server;
  }

  get killCount(): number {
    return this.#killCount;
  }

  /** A client has read a packet of this kind. */
  moment(packet: Packet["type"]): void {
    const trap = this.#trap;
    if (trap?.packet !== packet) return;
    trap.count -= 1;
    if (trap.count > 0) return;
    this.#trap = undefined;
    trap.spring();
  }

  /** Lets the server run for a while, then ends it in some way and starts it again. */
  async strike(lullMsMax: number): Promise<void> {
    await Bun.sleep(this.#random.between(50, lullMsMax));
    const how = this.#random.pick(["at a packet", "at a packet", "now", "now", "SIGTERM"]);
    if (how === "SIGTERM") await this.end();
    else await this.#kill(how === "now" ? undefined : this.#random.pick(promises));
    await this.#startAgain();
  }

  /** Asks it to end; it must, with 0. */
  async end(): Promise<void> {
    this.#note("SIGTERM");
    const code = await this.#server.stop();
    this.#noteEnd(`ended with ${code}`);
    if (code !== 0) this.#history.violate("ends when asked", `exit code ${code}`, ["server"]);
    this.#readLog();
  }

  async killAndStart(): Promise<void> {
    await this.#kill(undefined);
    await this.#startAgain();
  }

  /** Now, or when a packet of this kind has been read a few times more. */
  async #kill(heels: Packet["type"] | undefined): Promise<void> {
    const server = this.#server;
    let killed = Promise.resolve();
    const kill = () => {
      this.#note(heels ? `SIGKILL at ${heels}` : "SIGKILL");
      killed = server.kill();
    };
    if (heels) {
      const { promise, resolve } = Promise.withResolvers<void>();
      const count = this.#random.between(1, 5);
      const spring = () => {
        kill(); // at once, before the client goes on
        resolve();
      };
      this.#trap = { packet: heels, count, spring };
      await Promise.race([promise, Bun.sleep(trapMsMax)]);
      if (this.#trap) kill();
      this.#trap = undefined;
    } else kill();
    await killed;
    this.#noteEnd("is gone");
    this.#killCount += 1;
    this.#readLog();
  }

  async #startAgain(): Promise<void> {
    const options = { ...this.#options, at: this.#server };
    if (this.#random.chance(0.2)) {
      const afterMs = this.#random.between(100, 500);
      this.#note(`SIGKILL while it starts, after ${afterMs} ms`);
      await killWhileStarting(options, afterMs);
      this.#noteEnd("is gone"); // it may have been up for a moment
      this.#killCount += 1;
    }
    this.#server = await startServer(options);
    this.#note("is up");
  }

  #readLog(): void {
    for (const line of this.#server.log().match(badLogLine) ?? []) {
      this.#history.violate("log", line, ["server"]);
    }
  }

  #noteEnd(what: string): void {
    this.#history.ends.push(this.#history.note("server", what));
  }

  #note(what: string): void {
    this.#history.note("server", what);
  }
}
