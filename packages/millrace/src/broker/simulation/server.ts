/**
 * The machine that the broker runs on: it starts, is shut down, loses its power, and starts again
 * with what its disk still has.
 *
 * A process that was killed is silent for good: its timers do not fire, its disk does not answer,
 * its connections are gone. What it tells (lifecycle, log) goes to the model and to the trace.
 */

import { errorText, type LogFields, type Logger } from "../../base/mod.ts";
import {
  type DiskOperation,
  openSimulatedRecords,
  type Records,
  SimulatedDisk,
} from "../../storage/mod.ts";
import type { Broker, DisconnectReason, LifecycleObserver } from "../mod.ts";
import { buildBroker } from "./build-broker.ts";
import type { Model } from "./model/model.ts";
import type { After } from "./model/wills.ts";
import type { Plan } from "./plan.ts";
import { ProcessClock, type Scheduler } from "./scheduler.ts";
import type { SeededRandom } from "./seeded-random.ts";
import type { Trace } from "./trace.ts";
import type { Wire } from "./wire.ts";

export interface ServerOptions {
  readonly scheduler: Scheduler;
  readonly random: SeededRandom;
  readonly plan: Plan;
  readonly model: Model;
  readonly trace: Trace;
  /** Called each time the broker takes connections again. */
  readonly onUp: () => void;
}

interface Guest {
  readonly wire: Wire;
  /** Whether its DISCONNECT has come. */
  readonly tookLeave: () => boolean;
}

interface Process {
  readonly clock: ProcessClock;
  readonly guests: Map<string, Guest>;
  /** Once they are open. */
  records?: Records;
  broker?: Broker;
}

export class SimulatedServer {
  readonly #options: ServerOptions;
  readonly #disk: SimulatedDisk;
  #process: Process | undefined;
  #accepting = false;
  #calm = false;
  #killCount = 0;

  constructor(options: ServerOptions) {
    this.#options = options;
    const { scheduler, random } = options;
    this.#disk = new SimulatedDisk({
      name: "records.log",
      clock: scheduler,
      random: random.fork("disk"),
      durationMs: (operation) => this.#durationOf(operation),
    });
  }

  get isUp(): boolean {
    return this.#accepting;
  }

  get killCount(): number {
    return this.#killCount;
  }

  /** From now on the power stays and the disk is quick. */
  calmDown(): void {
    this.#calm = true;
  }

  start(): void {
    const { trace, model } = this.#options;
    trace.note("server starts");
    const process: Process = {
      clock: new ProcessClock(this.#options.scheduler),
      guests: new Map(),
    };
    this.#process = process;
    this.#open(process).catch((error: unknown) => {
      if (process === this.#process)
        model.fail("M14", `the broker does not start: ${errorText(error)}`);
    });
  }

  /** The wire's other end, if there is anybody. */
  accept(wire: Wire, tookLeave: () => boolean): boolean {
    const process = this.#process;
    if (!process?.broker || !this.#accepting) return false;
    process.guests.set(wire.name, { wire, tookLeave });
    wire.accepted(process.broker.connect(wire.link));
    return true;
  }

  /** The power goes, and comes back after a while; in calm weather only when that is wanted. */
  kill({ evenInCalm = false } = {}): void {
    const { trace, model, scheduler, random, plan } = this.#options;
    const spared = evenInCalm ? false : this.#calm || this.#killCount >= plan.killsMax;
    if (!this.#process || spared) return;
    this.#killCount += 1;
    trace.note("server killed");
    this.#leaveProcess(this.#process);
    this.#disk.kill();
    model.killed();
    scheduler.after(random.between(1, 500), () => this.start());
  }

  killSoon(delayMsMax: number): void {
    const { scheduler, random } = this.#options;
    const process = this.#process;
    scheduler.after(random.between(0, delayMsMax), () => {
      if (process === this.#process) this.kill();
    });
  }

  /** As a signal does: whatever was begun is finished, then the process ends, then a new one. */
  shutDown(): void {
    const { trace, model } = this.#options;
    if (!this.#accepting || !this.#process) return;
    trace.note("server shuts down");
    this.#accepting = false;
    this.#close(this.#process).catch((error: unknown) => {
      model.fail("M14", `the broker does not close: ${errorText(error)}`);
    });
  }

  failDisk(count: number): void {
    this.#options.trace.note(`disk fails ${count} times`);
    this.#disk.failNext(count);
  }

  async #open(process: Process): Promise<void> {
    const { random, plan, trace, onUp } = this.#options;
    const { scheduler } = this.#options;
    const chance = random.fork(`process ${scheduler.monotonic()}`);
    process.records = await openSimulatedRecords(this.#disk, chance);
    process.broker = buildBroker({
      records: process.records,
      limits: plan.limits,
      clock: process.clock,
      random: chance,
      logger: this.#logger(process),
      observer: this.#observer(process),
      tap: () => this.#tap(process),
    });
    await process.broker.start();
    if (process !== this.#process) return;
    this.#accepting = true;
    trace.note("server is up");
    this.#options.model.restarted(this.#afterOf(process));
    onUp();
  }

  async #close(process: Process): Promise<void> {
    const { trace, model, scheduler, random } = this.#options;
    await process.broker?.close();
    await process.records?.close();
    if (process !== this.#process) return;
    trace.note("server has shut down");
    this.#leaveProcess(process);
    model.shutDown();
    scheduler.after(random.between(1, 500), () => this.start());
  }

  #leaveProcess(process: Process): void {
    process.clock.stop();
    this.#process = undefined;
    this.#accepting = false;
    for (const { wire } of process.guests.values()) if (wire.openAtServer) wire.serverDied();
  }

  #durationOf(operation: DiskOperation): number {
    const { random, plan } = this.#options;
    const { writeMsMax, syncMsMax } = plan.disk;
    if (operation === "sync" && random.chance(plan.killInSyncChance)) this.killSoon(syncMsMax);
    if (this.#calm) return 1;
    return random.between(0, operation === "sync" ? syncMsMax : writeMsMax);
  }

  #tap(process: Process): Promise<void> | undefined {
    const { random, plan } = this.#options;
    if (!random.chance(plan.tapChance)) return undefined;
    return new Promise((resolve) => {
      process.clock.after(random.between(0, 200), resolve);
    });
  }

  #observer(process: Process): LifecycleObserver {
    const { model, trace } = this.#options;
    return {
      connected: ({ ipAddress }) => model.opened(ipAddress),
      connectFailed: ({ clientId }) => model.fail("M11", `${clientId} was not admitted`),
      disconnected: ({ clientId, ipAddress }, reason) => {
        trace.note(`server: ${ipAddress} of ${clientId} ended, ${reason}`);
        this.#ended(process, ipAddress, reason);
      },
      subscribed: () => {},
      unsubscribed: () => {},
    };
  }

  /** Waits as long as this process lives. */
  #afterOf({ clock }: Process): After {
    return (delayMs, callback) => clock.after(delayMs, callback);
  }

  #ended(process: Process, name: string, reason: DisconnectReason): void {
    const { model, scheduler } = this.#options;
    const guest = process.guests.get(name);
    if (!guest) return;
    const tookLeave = guest.tookLeave();
    const silentMs = scheduler.monotonic() - guest.wire.lastPacketMs;
    model.ended(name, { reason, tookLeave, silentMs }, this.#afterOf(process));
  }

  #logger(process: Process): Logger {
    const { trace, model } = this.#options;
    const log = (what: string, fields: LogFields = {}) => {
      if (process !== this.#process) return;
      trace.note(`log: ${what} ${JSON.stringify(fields)}`);
      const isOverflow = what === "session queue is full, message dropped";
      if (isOverflow) model.overflowTold(String(fields.clientId));
    };
    return { debug: () => {}, info: log, warn: log, error: log };
  }
}
