/**
 * Triggers: functions that are called for the changes of tables, from the tables' streams.
 *
 * A change of a trigger is durable before it is answered. Triggers of the template are what the
 * template says at each start, and go on where they were; those that it has no more are forgotten,
 * with their positions.
 */

import { type Clock, type Figured, type Logger, newUuid, type Random } from "../base/mod.ts";
import type { Records } from "../storage/mod.ts";
import { beginningOf, doubleOf, problemOf } from "./checks.ts";
import { TriggerFigures } from "./figures.ts";
import { HeldBytes } from "./held-bytes.ts";
import { triggerLimits } from "./limits.ts";
import type {
  Mapping,
  MappingState,
  StartingPosition,
  TriggerDefinition,
  TriggerSettings,
} from "./mapping.ts";
import type { TriggerPorts } from "./ports.ts";
import { problems, type TriggerProblem } from "./problems.ts";
import { TriggerStore } from "./store.ts";
import { type Iterators, Trigger, type TriggerSurroundings } from "./trigger.ts";

export interface TriggersOptions {
  readonly records: Records;
  readonly ports: TriggerPorts;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
}

export type NewTrigger = TriggerSettings & {
  readonly streamArn: string;
  readonly startingPosition: StartingPosition;
};

/** A trigger as it is now. */
export interface ShownTrigger {
  readonly mapping: Mapping;
  readonly state: MappingState;
  readonly result: string;
}

export type TriggerOutcome =
  | { readonly ok: true; readonly trigger: ShownTrigger }
  | { readonly ok: false; readonly problem: TriggerProblem };

export class Triggers implements Figured {
  readonly #options: TriggersOptions;
  readonly #surroundings: TriggerSurroundings;
  readonly #store: TriggerStore;
  readonly #figures = new TriggerFigures();
  readonly #triggers = new Map<string, Trigger>();
  /** Of triggers of the template that begin with what comes from now on. */
  readonly #fresh = new Map<string, Iterators>();
  #closed = false;

  constructor(options: TriggersOptions) {
    this.#options = options;
    this.#store = new TriggerStore(options.records);
    const held = new HeldBytes(triggerLimits.heldBytesMax);
    this.#surroundings = { ...options, store: this.#store, figures: this.#figures, held };
  }

  /**
   * Brings back what is kept and makes it what the template says; begins with nothing yet. Answers
   * with what is wrong with triggers of the template, by id.
   */
  async start(definitions: readonly TriggerDefinition[]): Promise<Map<string, string>> {
    const kept = new Map((await this.#store.load()).map((mapping) => [mapping.id, mapping]));
    const wanted = new Set(definitions.map(({ id }) => id));
    for (const { id, origin } of kept.values()) {
      if (origin === "api" || wanted.has(id)) continue;
      kept.delete(id);
      await this.#store.remove(id);
      this.#options.logger.info("trigger forgotten, the template has it no more", { trigger: id });
    }
    const wrong = new Map<string, string>();
    for (const definition of definitions) {
      const problem = await this.#define(definition, kept);
      if (problem !== undefined) wrong.set(definition.id, problem);
    }
    for (const mapping of kept.values()) {
      if (!this.#triggers.has(mapping.id)) this.#add(mapping);
    }
    return wrong;
  }

  /** Begins to work, once everything that functions may need is there. */
  begin(): void {
    for (const trigger of this.#triggers.values()) {
      const { mapping, state } = trigger;
      if (state === "Enabling") trigger.apply(mapping, "Enabling", this.#fresh.get(mapping.id));
    }
    this.#fresh.clear();
  }

  /** A table has changed whose stream tells of it. */
  wake(tableName: string): void {
    for (const trigger of this.#triggers.values()) {
      if (trigger.tableName === tableName) trigger.wake();
    }
  }

  async create(wish: NewTrigger): Promise<TriggerOutcome> {
    const { clock, random, ports } = this.#options;
    const nowMs = clock.now();
    const id = newUuid(random);
    const times = { createdMs: nowMs, modifiedMs: nowMs };
    const mapping: Mapping = { ...wish, ...times, id, origin: "api" };
    const problem = (await problemOf(mapping, this.#options)) ?? this.#doubleOf(mapping);
    if (problem) return { ok: false, problem };
    const beginning = await beginningOf(mapping, this.#options);
    if (!beginning) return { ok: false, problem: problems.noStream(mapping.streamArn) };
    // Another may have been made while the stream was asked.
    const double = this.#doubleOf(mapping);
    if (double) return { ok: false, problem: double };
    const trigger = this.#add(mapping);
    try {
      await this.#store.put(mapping, beginning.positions);
    } catch (thrown) {
      this.#triggers.delete(id);
      throw thrown;
    }
    if (!this.#closed) trigger.apply(mapping, "Creating", beginning.iterators);
    this.#options.logger.info("trigger made", {
      trigger: id,
      function: ports.functionArn(mapping.functionName, mapping.qualifier),
      stream: mapping.streamArn,
    });
    return { ok: true, trigger: shownOf(trigger) };
  }

  async update(id: string, changes: Partial<TriggerSettings>): Promise<TriggerOutcome> {
    const trigger = this.#triggers.get(id);
    if (!trigger) return { ok: false, problem: problems.notFound };
    if (isInTransition(trigger)) return { ok: false, problem: problems.inUse("update") };
    const before = trigger.mapping;
    const mapping = { ...before, ...changes, modifiedMs: this.#options.clock.now() };
    // One that shall rest may rest, also when its function is gone.
    const wrong = mapping.isEnabled ? await problemOf(mapping, this.#options) : undefined;
    const problem = wrong ?? this.#doubleOf(mapping);
    if (problem) return { ok: false, problem };
    // Another change may have begun meanwhile.
    if (isInTransition(trigger)) return { ok: false, problem: problems.inUse("update") };
    trigger.hold("Updating");
    try {
      await this.#store.put(mapping);
    } catch (thrown) {
      trigger.release();
      throw thrown;
    }
    trigger.apply(mapping, transitionOf(before, mapping));
    return { ok: true, trigger: shownOf(trigger) };
  }

  async remove(id: string): Promise<TriggerOutcome> {
    const trigger = this.#triggers.get(id);
    if (!trigger) return { ok: false, problem: problems.notFound };
    if (isInTransition(trigger)) return { ok: false, problem: problems.inUse("delete") };
    trigger.hold("Deleting");
    try {
      await this.#store.remove(id);
    } catch (thrown) {
      trigger.release();
      throw thrown;
    }
    trigger.remove(() => void this.#triggers.delete(id));
    return { ok: true, trigger: shownOf(trigger) };
  }

  get(id: string): ShownTrigger | undefined {
    const trigger = this.#triggers.get(id);
    return trigger && shownOf(trigger);
  }

  /** In the order of their ids. */
  list(): ShownTrigger[] {
    const all = [...this.#triggers.values()].map(shownOf);
    return all.sort((left, right) => (left.mapping.id < right.mapping.id ? -1 : 1));
  }

  figures() {
    const ages = [...this.#triggers.values()].map(({ oldestMs }) => oldestMs);
    const known = ages.filter((ms) => ms !== undefined);
    const oldestMs = known.length === 0 ? undefined : Math.min(...known);
    const { clock } = this.#options;
    return this.#figures.list(oldestMs === undefined ? 0 : (clock.now() - oldestMs) / 1000);
  }

  /** Begins no more calls; answers when those that run have ended and positions are on disk. */
  async close(): Promise<void> {
    this.#closed = true;
    await Promise.all([...this.#triggers.values()].map((trigger) => trigger.close()));
  }

  /** What is wrong with it, in a sentence. */
  async #define(
    definition: TriggerDefinition,
    kept: ReadonlyMap<string, Mapping>,
  ): Promise<string | undefined> {
    const { tableName, ...wish } = definition;
    const streamArn = await this.#options.ports.streams.currentOf(tableName);
    if (streamArn === undefined) return `the table "${tableName}" has no stream`;
    const before = kept.get(definition.id);
    const isSame =
      before?.streamArn === streamArn && before.startingPosition === wish.startingPosition;
    const nowMs = this.#options.clock.now();
    const createdMs = isSame ? before.createdMs : nowMs;
    const mapping: Mapping = {
      ...wish,
      streamArn,
      origin: "template",
      createdMs,
      modifiedMs: nowMs,
    };
    const others = [...kept.values()].filter(({ origin }) => origin === "api");
    const double = this.#doubleOf(mapping) ?? doubleOf(mapping, others);
    const problem = (await problemOf(mapping, this.#options)) ?? double;
    if (problem) return problem.message;
    if (isSame) await this.#store.put(mapping);
    else {
      if (before) this.#tellAnew(before, mapping);
      const beginning = await beginningOf(mapping, this.#options);
      if (!beginning) return problems.noStream(streamArn).message;
      await this.#store.put(mapping, beginning.positions);
      this.#fresh.set(mapping.id, beginning.iterators);
    }
    this.#add(mapping);
    return undefined;
  }

  /** What it has not read of the old stream, it will not read. */
  #tellAnew(before: Mapping, { id, streamArn, startingPosition }: Mapping): void {
    const isMoved = before.streamArn !== streamArn;
    const reason = isMoved ? "its table has another stream" : "its StartingPosition has changed";
    const fields = { trigger: id, stream: streamArn, position: startingPosition, reason };
    this.#options.logger.warn("trigger begins anew", fields);
  }

  #doubleOf(mapping: Mapping): TriggerProblem | undefined {
    return doubleOf(
      mapping,
      [...this.#triggers.values()].map((trigger) => trigger.mapping),
    );
  }

  #add(mapping: Mapping): Trigger {
    const trigger = new Trigger(mapping, this.#surroundings);
    this.#triggers.set(mapping.id, trigger);
    return trigger;
  }
}

function shownOf({ mapping, state, result }: Trigger): ShownTrigger {
  return { mapping, state, result };
}

function isInTransition({ state }: Trigger): boolean {
  return state !== "Enabled" && state !== "Disabled";
}

function transitionOf(before: Mapping, after: Mapping): MappingState {
  if (before.isEnabled === after.isEnabled) return "Updating";
  return after.isEnabled ? "Enabling" : "Disabling";
}
