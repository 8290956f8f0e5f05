/**
 * One run: a server, its clients and everything that may go wrong, all drawn from one seed; then a
 * calm phase in which everything that is owed has time to arrive; then the model's last word.
 */

import { errorText } from "../../base/mod.ts";
import { audit } from "./auditor.ts";
import { Model } from "./model/model.ts";
import { calmNetwork, drawPlan, type Plan } from "./plan.ts";
import { Scheduler, type Settle } from "./scheduler.ts";
import { SeededRandom } from "./seeded-random.ts";
import { SimulatedServer } from "./server.ts";
import { SimulatedClient } from "./simulated-client.ts";
import { Trace } from "./trace.ts";
import { Workload } from "./workload.ts";

export interface RunResult {
  readonly seed: number;
  /** The first rule of the model that was broken, and how. */
  readonly violation: string | undefined;
  readonly trace: readonly string[];
  readonly traceHash: number;
  readonly counts: { readonly messages: number; readonly kills: number };
}

/** Beyond the longest keep-alive, half as much again, and the longest the server is not told. */
const calmMs = 70_000;
const auditMs = 20_000;

/** Plays the seed to its end, or to the first rule that is broken. */
export async function runSeed(
  seed: number,
  settle: Settle,
  change: (plan: Plan) => Plan = (plan) => plan,
): Promise<RunResult> {
  const run = new Run(seed, settle, change);
  await run.play();
  return run.result;
}

class Run {
  readonly #seed: number;
  readonly #random: SeededRandom;
  readonly #plan: Plan;
  readonly #scheduler: Scheduler;
  readonly #trace: Trace;
  readonly #model: Model;
  readonly #server: SimulatedServer;
  readonly #clients: SimulatedClient[];
  readonly #workloads: Workload[];
  #calm = false;
  #auditCount = 0;

  constructor(seed: number, settle: Settle, change: (plan: Plan) => Plan) {
    this.#seed = seed;
    this.#random = new SeededRandom(seed, "run");
    this.#plan = change(drawPlan(this.#random.fork("plan")));
    this.#scheduler = new Scheduler(settle);
    const nowMs = () => this.#scheduler.monotonic();
    this.#trace = new Trace(nowMs);
    this.#model = new Model({ trace: this.#trace, nowMs });
    this.#server = new SimulatedServer({
      ...this.#parts("server"),
      onUp: () => this.#onUp(),
    });
    this.#clients = this.#plan.clients.map((habits) => this.#makeClient(habits.clientId));
    this.#workloads = this.#clients.map((client, index) => {
      const { random, world, plan } = this.#parts(`workload ${client.clientId}`);
      return new Workload({ random, world, plan, client, habits: this.#plan.clients[index]! });
    });
  }

  get result(): RunResult {
    return {
      seed: this.#seed,
      violation: this.#model.violation,
      trace: this.#trace.lines,
      traceHash: this.#trace.hash,
      counts: { messages: this.#model.messageCount, kills: this.#server.killCount },
    };
  }

  async play(): Promise<void> {
    try {
      await this.#play();
    } catch (thrown) {
      this.#model.fail("M14", `something threw: ${errorText(thrown)}`);
    }
  }

  async #play(): Promise<void> {
    this.#server.start();
    for (const workload of this.#workloads) workload.start();
    this.#scheduleFaults();
    await this.#run(this.#plan.durationMs, () => this.#isSpent());
    this.#calmDown();
    await this.#run(calmMs);
    this.#model.checkOwed(); // before probes could help on what is stuck
    this.#audit(true);
    await this.#run(auditMs);
    if (this.#plan.killsAtEnd) {
      this.#model.settle();
      this.#server.kill({ evenInCalm: true });
      await this.#run(auditMs);
      this.#audit(true);
      await this.#run(auditMs);
    }
    if (this.#model.violation === undefined) this.#judge();
  }

  #run(forMs: number, stopped = () => false): Promise<void> {
    const endMs = this.#scheduler.monotonic() + forMs;
    return this.#scheduler.run(endMs, () => this.#model.violation !== undefined || stopped());
  }

  #isSpent(): boolean {
    const counts = this.#workloads.map(({ actionCount }) => actionCount);
    return counts.reduce((sum, count) => sum + count, 0) >= this.#plan.actionsMax;
  }

  #calmDown(): void {
    this.#trace.note("everything calms down");
    this.#calm = true;
    this.#server.calmDown();
    for (const workload of this.#workloads) workload.calmDown();
  }

  #judge(): void {
    this.#model.checkOwed();
    for (const client of this.#clients) {
      const { clientId, connection } = client;
      const waitingFor = connection?.waitingFor ?? ["a connection"];
      if (waitingFor.length > 0) this.#model.fail("M12", `${clientId} waits for ${waitingFor}`);
      for (const { name } of client.forgottenWires) {
        this.#model.fail("M13", `${name} is silent, and the broker still holds it open`);
      }
    }
  }

  #onUp(): void {
    if (this.#random.chance(0.5)) this.#audit(false);
  }

  #audit(probes: boolean): void {
    this.#auditCount += 1;
    const clientId = `auditor${this.#auditCount}`;
    audit({ ...this.#parts(clientId), server: this.#server, clientId, probes });
  }

  #scheduleFaults(): void {
    const { killEveryMs, shutDownEveryMs, breakEveryMs, diskFailsEveryMs } = this.#plan;
    const random = this.#random.fork("faults");
    this.#repeat(killEveryMs, () => this.#server.kill());
    this.#repeat(shutDownEveryMs, () => this.#server.shutDown());
    this.#repeat(breakEveryMs, () => random.pick(this.#clients).break());
    this.#repeat(diskFailsEveryMs, () => this.#server.failDisk(1));
  }

  #repeat(everyMs: number | undefined, act: () => void): void {
    if (everyMs === undefined) return;
    this.#scheduler.after(this.#random.between(0, 2 * everyMs), () => {
      if (this.#calm) return;
      act();
      this.#repeat(everyMs, act);
    });
  }

  #makeClient(clientId: string): SimulatedClient {
    const { keepAliveSeconds, ackDelayMsMax } = this.#plan.clients.find(
      (client) => client.clientId === clientId,
    )!;
    return new SimulatedClient({
      ...this.#parts(clientId),
      server: this.#server,
      clientId,
      keepAliveSeconds,
      ackDelayMsMax: () => (this.#calm ? 1 : ackDelayMsMax),
      habits: () => (this.#calm ? calmNetwork : this.#plan.network),
      onAnswer: () => {
        if (this.#random.chance(this.#plan.killAfterAnswerChance)) this.#server.killSoon(5);
      },
    });
  }

  /** What everybody in the run needs, with a stream of chance of their own. */
  #parts(name: string) {
    const { filters } = this.#plan;
    const world = { scheduler: this.#scheduler, model: this.#model, trace: this.#trace, filters };
    return { ...world, world, plan: this.#plan, random: this.#random.fork(name) };
  }
}
