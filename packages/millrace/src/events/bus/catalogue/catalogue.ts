/**
 * What can be changed while events come: buses, rules, targets, tags. One change at a time; each is
 * durable before it is answered, and the template's buses stay while the template has them.
 */

import {
  type BusDefinition,
  defaultBusName,
  type RuleDefinition,
  type RuleSettings,
  type Tags,
  type TargetDefinition,
} from "../definition.ts";
import { busLimits } from "../limits.ts";
import { type RuleProblem, readRule } from "../rule.ts";
import { type BusRecord, busSpace, readAll, write } from "./records.ts";
import { type KeptRule, RuleBook, type RuleBookOptions } from "./rules.ts";

export interface KeptBus extends BusRecord {
  readonly name: string;
}

export type BusProblem =
  | { readonly kind: "no-bus" | "bus-exists" | "no-rule" }
  /** The sentence says which of the bounds it is. */
  | { readonly kind: "too-many" | "not-now"; readonly message: string }
  | { readonly kind: "invalid"; readonly problem: RuleProblem };

/** `undefined`: it is done, and durable. */
export type ChangeOutcome = Promise<BusProblem | undefined>;

export class BusCatalogue {
  readonly #options: RuleBookOptions;
  readonly #buses = new Map<string, KeptBus>();
  readonly #rules: RuleBook;
  #lastChange: Promise<unknown> = Promise.resolve();

  constructor(options: RuleBookOptions) {
    this.#options = options;
    this.#rules = new RuleBook(options);
  }

  async start(buses: readonly BusDefinition[], rules: readonly RuleDefinition[]): Promise<void> {
    const { records, clock } = this.#options;
    const stored = await readAll<BusRecord>(records, busSpace);
    for (const { name, description, tags } of [{ name: defaultBusName }, ...buses] as const) {
      const { createdAtMs = clock.now(), tags: kept = tags } = stored.get(name) ?? {};
      const record = { createdAtMs, description, tags: kept, isOfTemplate: true };
      if (!stored.has(name)) await write(records, busSpace, name, record);
      this.#buses.set(name, { ...record, name });
      stored.delete(name);
    }
    for (const [name, record] of stored) {
      if (record.isOfTemplate) await write(records, busSpace, name, undefined);
      else this.#buses.set(name, { ...record, name });
    }
    await this.#rules.start(rules, (name) => this.#buses.has(name));
  }

  /** In the order of their names. */
  get buses(): KeptBus[] {
    return [...this.#buses.values()].sort(byName);
  }

  bus(name: string): KeptBus | undefined {
    return this.#buses.get(name);
  }

  /** In the order of their names. */
  rules(bus: string): KeptRule[] {
    return [...this.#rules.of(bus)].sort((one, two) => byName(one.definition, two.definition));
  }

  /** As they come, of every bus. */
  get allRules(): KeptRule[] {
    return this.#rules.all;
  }

  /** As they come, for every event. */
  rulesOf(bus: string): readonly KeptRule[] {
    return this.#rules.of(bus);
  }

  rule(bus: string, name: string): KeptRule | undefined {
    return this.#rules.get(bus, name);
  }

  createBus({ name, description, tags }: BusDefinition): ChangeOutcome {
    return this.#inTurn(async () => {
      if (this.#buses.has(name)) return { kind: "bus-exists" };
      if (this.#buses.size >= busLimits.busesMax) {
        return tooMany(`there are ${busLimits.busesMax} event buses already`);
      }
      const record = { createdAtMs: this.#options.clock.now(), description, tags };
      await write(this.#options.records, busSpace, name, record);
      this.#buses.set(name, { ...record, name });
      return undefined;
    });
  }

  deleteBus(name: string): ChangeOutcome {
    return this.#inTurn(async () => {
      const bus = this.#buses.get(name);
      if (!bus) return undefined; // as on AWS, there is nothing left to do
      if (name === defaultBusName) return notNow("Cannot delete event bus default.");
      if (bus.isOfTemplate) return notNow(`Event bus ${name} is the template's.`);
      if (this.#rules.of(name).length > 0) {
        return notNow(`Event bus ${name} can't be deleted since it has rules.`);
      }
      await write(this.#options.records, busSpace, name, undefined);
      this.#buses.delete(name);
      return undefined;
    });
  }

  setBusTags(name: string, change: (tags: Tags) => Tags): ChangeOutcome {
    return this.#inTurn(async () => {
      const bus = this.#buses.get(name);
      if (!bus) return { kind: "no-bus" };
      const { name: _, ...record } = { ...bus, tags: change(bus.tags ?? {}) };
      await write(this.#options.records, busSpace, name, record);
      this.#buses.set(name, { ...record, name });
      return undefined;
    });
  }

  /** A rule that is there keeps its targets and its tags. */
  putRule(settings: RuleSettings, tags?: Tags): ChangeOutcome {
    return this.#inTurn(async () => {
      const { bus, name } = settings;
      if (!this.#buses.has(bus)) return { kind: "no-bus" };
      const former = this.#rules.get(bus, name);
      if (!former && this.#rules.of(bus).length >= busLimits.rulesPerBusMax) {
        return tooMany(`event bus ${bus} has ${busLimits.rulesPerBusMax} rules already`);
      }
      const definition = { ...settings, targets: former?.definition.targets ?? [] };
      return this.#put(definition, former ? undefined : tags);
    });
  }

  setEnabled(bus: string, name: string, isEnabled: boolean): ChangeOutcome {
    return this.#change(bus, name, ({ definition }) => this.#put({ ...definition, isEnabled }));
  }

  /** Those with an id that is there already take its place. */
  putTargets(bus: string, name: string, targets: readonly TargetDefinition[]): ChangeOutcome {
    return this.#change(bus, name, async ({ definition }) => {
      const all = new Map([...definition.targets, ...targets].map((one) => [one.id, one]));
      if (all.size > busLimits.targetsPerRuleMax) {
        return tooMany(`rule ${name} may have ${busLimits.targetsPerRuleMax} targets`);
      }
      return this.#put({ ...definition, targets: [...all.values()] });
    });
  }

  removeTargets(bus: string, name: string, ids: readonly string[]): ChangeOutcome {
    return this.#change(bus, name, ({ definition }) => {
      const targets = definition.targets.filter(({ id }) => !ids.includes(id));
      return this.#put({ ...definition, targets });
    });
  }

  setRuleTags(bus: string, name: string, change: (tags: Tags) => Tags): ChangeOutcome {
    return this.#change(bus, name, ({ definition, tags }) => this.#put(definition, change(tags)));
  }

  deleteRule(bus: string, name: string): ChangeOutcome {
    return this.#inTurn(async () => {
      if (!this.#buses.has(bus)) return { kind: "no-bus" };
      const rule = this.#rules.get(bus, name);
      if (!rule) return undefined; // as on AWS, there is nothing left to do
      if (rule.definition.targets.length > 0) {
        return notNow("Rule can't be deleted since it has targets.");
      }
      await this.#rules.delete(rule);
      return undefined;
    });
  }

  #change(bus: string, name: string, change: (rule: KeptRule) => ChangeOutcome): ChangeOutcome {
    return this.#inTurn(async () => {
      if (!this.#buses.has(bus)) return { kind: "no-bus" };
      const rule = this.#rules.get(bus, name);
      return rule ? change(rule) : { kind: "no-rule" };
    });
  }

  async #put(definition: RuleDefinition, tags?: Tags): ChangeOutcome {
    const read = readRule(definition, this.#options.account);
    if (!read.ok) return { kind: "invalid", problem: read.problem };
    await this.#rules.put(definition, tags);
    return undefined;
  }

  #inTurn(change: () => ChangeOutcome): ChangeOutcome {
    const result = this.#lastChange.then(change);
    this.#lastChange = result.catch(() => undefined); // told to whoever asked for the change
    return result;
  }
}

function byName(one: { readonly name: string }, two: { readonly name: string }): number {
  return one.name < two.name ? -1 : 1;
}

function tooMany(message: string): BusProblem {
  return { kind: "too-many", message };
}

function notNow(message: string): BusProblem {
  return { kind: "not-now", message };
}
