/**
 * A storm from beginning to end: clients come and go while the server is killed again and again;
 * then calm, in which everything that is open gets finished; then the rules are held against what
 * happened.
 *
 * The only waits that end by themselves are those for progress, and such an end is a failure.
 */

import { mqtt5Level, type Packet, type ProtocolLevel } from "@millrace/mqtt";
import type { ServerOptions } from "../harness.ts";
import { auditRetained } from "./audit.ts";
import { StormClient, type World } from "./client.ts";
import { History, type Violation } from "./history.ts";
import { drawPlans, fenceTopic } from "./plan.ts";
import { Random } from "./random.ts";
import { brokenPromises, missingDeliveries } from "./rules.ts";
import { Sleepers } from "./sleepers.ts";
import { Weather } from "./weather.ts";

export interface StormOptions {
  readonly seed: number;
  /** Of the storm itself, roughly; calm comes after. */
  readonly seconds: number;
  /** Times the server is ended in the storm, most of them by SIGKILL. */
  readonly kills: number;
  readonly clientCount: number;
  readonly protocolLevels: readonly ProtocolLevel[];
  readonly server: ServerOptions;
}

export interface StormResult {
  readonly violations: readonly Violation[];
  readonly history: History;
  readonly killCount: number;
}

const stillMsMax = 15_000;
const lookEveryMs = 200;
const lullMsMin = 100;
/** What a start takes, about. */
const restartMs = 700;

/** Faster than this a line may fill up while its client is away, which is no promise broken. */
const publishesPerSecond = 600;
const burstMax = 200;

/** Never rejects for what the server does wrong, only when it cannot be started. */
export async function runStorm(options: StormOptions): Promise<StormResult> {
  const history = new History();
  const random = new Random(options.seed);
  const weather = await Weather.begin(options.server, history, random.fork("weather"));
  const storm = new Storm(options, weather, history);
  await storm.rage();
  await storm.calmDown();
  await storm.leaveWithWills();
  await storm.comeBack();
  await weather.end();
  return { violations: brokenPromises(history), history, killCount: weather.killCount };
}

class Storm implements World {
  readonly history: History;
  readonly #options: StormOptions;
  readonly #weather: Weather;
  readonly #random: Random;
  readonly #clients: readonly StormClient[];
  readonly #publishers: readonly StormClient[];
  readonly #running = new Map<StormClient, Promise<void>>();
  readonly #beganMs = performance.now();
  #publishedCount = 0;
  #isCalm = false;

  constructor(options: StormOptions, weather: Weather, history: History) {
    this.history = history;
    this.#options = options;
    this.#weather = weather;
    this.#random = new Random(options.seed);
    this.#clients = drawPlans(this.#random, options).map(
      (plan) => new StormClient(plan, this, this.#random.fork(plan.clientId)),
    );
    this.#publishers = this.#clients.filter(({ plan }) => plan.topics.length > 0);
    for (const client of this.#clients) this.#running.set(client, client.run());
  }

  get #hasMqtt5(): boolean {
    return this.#options.protocolLevels.includes(mqtt5Level);
  }

  get addresses() {
    return this.#weather.addresses;
  }

  get isCalm(): boolean {
    return this.#isCalm;
  }

  moment(packet: Packet["type"]): void {
    this.#weather.moment(packet);
  }

  mayPublish(): boolean {
    const elapsedMs = performance.now() - this.#beganMs;
    if (this.#publishedCount > burstMax + (elapsedMs * publishesPerSecond) / 1_000) return false;
    this.#publishedCount += 1;
    return true;
  }

  /** Ends the server as often as asked; how long it may live in between follows from `seconds`. */
  async rage(): Promise<void> {
    const { kills, seconds } = this.#options;
    const lullMsMax = Math.max(lullMsMin, 2 * ((seconds * 1_000) / kills - restartMs));
    const endMs = performance.now() + 2 * seconds * 1_000; // a slow machine gets fewer
    for (let count = 0; count < kills && performance.now() < endMs; count += 1) {
      await this.#weather.strike(lullMsMax);
    }
    await Bun.sleep(lullMsMax / 2);
  }

  /** Everybody stays until all that is owed has come. */
  async calmDown(): Promise<void> {
    this.#isCalm = true;
    this.history.note("storm", "calm");
    await this.#settle();
    await auditRetained(this, this.#random, "auditor-1");
  }

  /**
   * Publishers leave, half of them with DISCONNECT, half without a word; then the server is killed.
   * The wills of the latter are owed to those who stay. Sessions that are left behind have their
   * time.
   */
  async leaveWithWills(): Promise<void> {
    const [first, ...rest] = this.#publishers;
    await this.#leave(
      rest.filter((_, index) => index % 2 === 0),
      "disconnect",
    );
    // What is acknowledged to one who stays is on disk, and the goodbyes before it.
    await this.#sayLast(first!);
    await this.#leave([first!, ...rest.filter((_, index) => index % 2 === 1)], "vanish");
    const sleepers = this.#hasMqtt5 ? new Sleepers(this, this.#random) : undefined;
    await sleepers?.lieDown();
    await this.#weather.killAndStart();
    await sleepers?.wakeUp();
    const staying = this.#clients.filter((client) => !this.#publishers.includes(client));
    const names = staying.map(({ plan }) => plan.clientId);
    await this.#until("the wills come", () =>
      missingDeliveries(this.history)
        .filter(({ about }) => names.includes(about[0]!))
        .map(({ text }) => text),
    );
  }

  /** The publishers find what came meanwhile, and nobody anything twice. */
  async comeBack(): Promise<void> {
    for (const client of this.#publishers) this.#running.set(client, client.run());
    await this.#settle();
    await auditRetained(this, this.#random, "auditor-2");
    await this.#leave(this.#clients, "disconnect");
  }

  async #leave(clients: readonly StormClient[], how: "vanish" | "disconnect"): Promise<void> {
    for (const client of clients) client.leave(how);
    await Promise.all(clients.map((client) => this.#running.get(client)));
  }

  /** All answers have come, then a last message to every session, then all that is owed. */
  async #settle(): Promise<void> {
    await this.#until("every answer comes", () =>
      this.#clients.filter((one) => !one.isSettled).map(({ plan }) => plan.clientId),
    );
    await this.#sayLast(this.#publishers[0]!);
    await this.#until("all that is owed comes", () =>
      missingDeliveries(this.history).map(({ text }) => text),
    );
  }

  async #sayLast(client: StormClient): Promise<void> {
    for (const qos of [1, 2] as const) client.say(fenceTopic, qos);
    await this.#until("the last message is acknowledged", () =>
      client.isSettled ? [] : [client.plan.clientId],
    );
  }

  /** Waits until nothing is open; no progress for a long while is a violation. */
  async #until(what: string, open: () => readonly string[]): Promise<void> {
    let tick = this.history.tick;
    let changedMs = performance.now();
    for (let left = open(); left.length > 0; left = open()) {
      if (this.history.tick > tick) {
        tick = this.history.tick;
        changedMs = performance.now();
      } else if (performance.now() - changedMs > stillMsMax) {
        const text = `${left.length} open, first ${left.slice(0, 3).join("; ")}`;
        this.history.violate(what, text, []);
        return;
      }
      await Bun.sleep(lookEveryMs);
    }
  }
}
