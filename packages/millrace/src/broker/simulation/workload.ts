/**
 * What one client does while a run lasts: it comes and goes, subscribes and leaves, publishes,
 * loses its wire, comes back, and sometimes speaks on a connection that it has lost to itself.
 */

import type { World } from "./client-connection.ts";
import type { MessageDraft } from "./model/messages.ts";
import type { Wish } from "./model/subscriptions.ts";
import type { ClientPlan, Plan } from "./plan.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { SimulatedClient } from "./simulated-client.ts";

export interface WorkloadOptions {
  readonly world: World;
  readonly random: SeededRandom;
  readonly plan: Plan;
  readonly habits: ClientPlan;
  readonly client: SimulatedClient;
}

/** A client with more of its own messages open waits before it sends another one. */
const openMessagesMax = 8;

const calmThinkMs = 1_000;

export class Workload {
  readonly #options: WorkloadOptions;
  #calm = false;
  #awayUntilMs = 0;
  #actionCount = 0;

  constructor(options: WorkloadOptions) {
    this.#options = options;
  }

  start(): void {
    this.#actLater();
  }

  /** What it has done while it was connected. */
  get actionCount(): number {
    return this.#actionCount;
  }

  /** From now on the client only stays connected. */
  calmDown(): void {
    this.#calm = true;
  }

  #actLater(): void {
    const { world, random, habits } = this.#options;
    const thinkMs = this.#calm ? calmThinkMs : random.between(0, 2 * habits.thinkMsMax);
    world.scheduler.after(thinkMs, () => {
      this.#act();
      this.#actLater();
    });
  }

  #act(): void {
    const { client, world, random, habits } = this.#options;
    if (this.#calm) {
      if (!client.connection) this.#connect();
      return;
    }
    if (client.isOpen) {
      this.#actConnected();
      return;
    }
    if (client.connection) {
      if (random.chance(0.05)) client.break();
      return;
    }
    const nowMs = world.scheduler.monotonic();
    if (nowMs < this.#awayUntilMs) return;
    if (random.chance(habits.longAbsenceChance)) {
      this.#awayUntilMs = nowMs + random.between(0, 15_000);
      return;
    }
    this.#connect();
  }

  #actConnected(): void {
    const { client, random } = this.#options;
    this.#actionCount += 1;
    const dice = random.fraction();
    if (dice < 0.55) this.#publish();
    else if (dice < 0.75) this.#subscribe();
    else if (dice < 0.82) this.#unsubscribe();
    else if (dice < 0.86) this.#leave();
    else if (dice < 0.89) client.break();
    else if (dice < 0.91) client.connection?.hangUp();
    else if (dice < 0.94)
      this.#connect(); // takes over from itself
    else if (dice < 0.97) client.speakOnOlder(this.#draft());
    else client.connection?.ping();
  }

  #connect(): void {
    const { client, random, habits, plan } = this.#options;
    const isMqtt5 = random.chance(habits.mqtt5Chance);
    // Whoever keeps a session comes back to it in the end, so that what it is owed can be seen.
    const wantsClean = random.chance(habits.cleanChance);
    const cleanStart = this.#calm && habits.cleanChance < 1 ? false : wantsClean;
    const asked = isMqtt5 ? random.pick(habits.expiries) : cleanStart ? 0 : Infinity;
    const { receiveMaximum } = habits;
    client.connect({
      cleanStart,
      expiryMs: Math.min(asked, plan.limits.sessionSecondsMax) * 1000,
      will: random.chance(habits.willChance) ? this.#draft(isMqtt5) : undefined,
      willDelaySeconds: isMqtt5 ? random.pick(habits.willDelays) : 0,
      mqtt5: isMqtt5
        ? { sessionExpirySeconds: asked, receiveMaximum, topicAliasMaximum: random.below(3) }
        : undefined,
    });
  }

  #leave(): void {
    const { client, random, habits, plan } = this.#options;
    const { connection } = client;
    const mayChange = connection?.isMqtt5 && connection.facts.expiryMs > 0 && random.chance(0.3);
    const asked = mayChange ? random.pick(habits.expiries) : undefined;
    connection?.leave(
      asked === undefined ? undefined : Math.min(asked, plan.limits.sessionSecondsMax),
    );
  }

  #publish(): void {
    const { client } = this.#options;
    const isMqtt5 = client.connection?.isMqtt5 === true;
    if (client.session.outgoing.size < openMessagesMax) client.publish(this.#draft(isMqtt5));
  }

  #subscribe(): void {
    const { client, random } = this.#options;
    client.connection?.subscribe(
      random.some(this.#filters(), 3).map((filter) => this.#wish(filter)),
    );
  }

  #unsubscribe(): void {
    const { client, random } = this.#options;
    client.connection?.unsubscribe(random.some(this.#filters(), 3));
  }

  #filters(): readonly string[] {
    const { client, plan, random } = this.#options;
    const isMqtt5 = client.connection?.isMqtt5 === true;
    // Often enough that shares have members.
    const isSharing = isMqtt5 && plan.shares.length > 0 && random.chance(0.4);
    return isSharing ? plan.shares : plan.filters;
  }

  #wish(filter: string): Wish {
    const { client, random } = this.#options;
    const qos = random.pick([0, 1, 1, 2, 2] as const);
    if (!client.connection?.isMqtt5) return { filter, qos };
    const isShared = filter.startsWith("$share/");
    return {
      filter,
      qos,
      noLocal: !isShared && random.chance(0.2),
      retainAsPublished: random.chance(0.3),
      retainHandling: random.pick([0, 0, 1, 2] as const),
    };
  }

  #draft(isMqtt5 = false): MessageDraft {
    const { random, plan } = this.#options;
    const retain = random.chance(0.2);
    const isEmpty = retain && random.chance(0.3);
    return {
      topic: random.pick(plan.topics),
      qos: random.pick([0, 1, 1, 2, 2] as const),
      retain,
      fillBytes: isEmpty ? "empty" : random.pick([0, 10, 100, 1_000]),
      expirySeconds: isMqtt5 && random.chance(0.2) ? random.pick([1, 10, 100]) : undefined,
    };
  }
}
