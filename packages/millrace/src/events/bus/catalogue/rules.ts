/**
 * The rules of all buses: made, changed and taken away while events come.
 *
 * A change is durable before it takes effect, and takes effect at once. The template's rules may be
 * changed by hand, as those of a stack may be on AWS: that holds, over restarts too, until the
 * template says something new about the rule. A rule that goes from the template is gone. A stored
 * rule that no longer loads is kept, does not run, and says why.
 */

import type { Clock, Logger } from "../../../base/mod.ts";
import type { Records } from "../../../storage/mod.ts";
import { canonical, type RuleDefinition, type Tags } from "../definition.ts";
import type { Account } from "../event.ts";
import { type Rule, readRule } from "../rule.ts";
import { type RuleRecord, readAll, ruleKey, ruleSpace, write } from "./records.ts";

export interface KeptRule {
  readonly definition: RuleDefinition;
  readonly createdAtMs: number;
  /** When its schedule was set, from where a rate counts. */
  readonly scheduledAtMs: number;
  /** Since when it is as it is, in this process. */
  readonly loadedAtMs: number;
  readonly tags: Tags;
  /** What the template says of it. */
  readonly template?: RuleDefinition | undefined;
  /** Absent: it does not load. */
  readonly rule?: Rule | undefined;
}

export interface RuleBookOptions {
  readonly records: Records;
  readonly account: Account;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Told of each change, once it counts. */
  readonly onChange?: () => void;
}

export class RuleBook {
  readonly #options: RuleBookOptions;
  readonly #byBus = new Map<string, Map<string, KeptRule>>();
  /** What the template says of rules that were deleted by hand. */
  readonly #deleted = new Map<string, RuleDefinition>();

  constructor(options: RuleBookOptions) {
    this.#options = options;
  }

  /** Brings back what was stored, and brings it in line with the template. */
  async start(definitions: readonly RuleDefinition[], hasBus: (name: string) => boolean) {
    const { records, logger } = this.#options;
    const stored = await readAll<RuleRecord>(records, ruleSpace);
    for (const definition of definitions.map(canonical)) {
      const key = ruleKey(definition.bus, definition.name);
      await this.#startTemplateRule(definition, stored.get(key));
      stored.delete(key);
    }
    for (const [key, record] of stored) {
      const { template, rule: definition } = record;
      if (template || !definition || !hasBus(definition.bus)) {
        await write(records, ruleSpace, key, undefined);
        if (!definition || template) continue;
        const { name, bus } = definition;
        logger.warn("rule is gone with its event bus", { rule: name, bus });
      } else this.#load({ ...timesOf(record), definition });
    }
  }

  of(bus: string): readonly KeptRule[] {
    return [...(this.#byBus.get(bus)?.values() ?? [])];
  }

  get(bus: string, name: string): KeptRule | undefined {
    return this.#byBus.get(bus)?.get(name);
  }

  get all(): KeptRule[] {
    return [...this.#byBus.values()].flatMap((rules) => [...rules.values()]);
  }

  /** Makes it, or puts it in the place of what there was. The definition loads. */
  async put(definition: RuleDefinition, tags?: Tags): Promise<void> {
    const { bus, name } = definition;
    const key = ruleKey(bus, name);
    const former = this.get(bus, name);
    const nowMs = this.#options.clock.now();
    const isSameSchedule = former?.definition.schedule === definition.schedule;
    const kept = {
      definition: canonical(definition),
      createdAtMs: former?.createdAtMs ?? nowMs,
      scheduledAtMs: former && isSameSchedule ? former.scheduledAtMs : nowMs,
      tags: tags ?? former?.tags ?? {},
      template: former?.template ?? this.#deleted.get(key),
    };
    await write(this.#options.records, ruleSpace, key, recordOf(kept));
    this.#deleted.delete(key);
    this.#load(kept);
    this.#options.onChange?.();
  }

  async delete({ definition, template, createdAtMs }: KeptRule): Promise<void> {
    const { bus, name } = definition;
    const key = ruleKey(bus, name);
    const rest = template && { createdAtMs, template, deleted: true };
    await write(this.#options.records, ruleSpace, key, rest);
    this.#byBus.get(bus)?.delete(name);
    if (template) this.#deleted.set(key, template);
    this.#options.onChange?.();
  }

  async #startTemplateRule(template: RuleDefinition, record?: RuleRecord): Promise<void> {
    const { clock, logger, records } = this.#options;
    const { bus, name } = template;
    const key = ruleKey(bus, name);
    const times = timesOf(record ?? { createdAtMs: clock.now() });
    const isByHand = record?.rule !== undefined || record?.deleted === true;
    const isSame = JSON.stringify(record?.template) === JSON.stringify(template);
    if (record && isByHand && isSame) {
      const now = record.deleted ? "deleted" : "changed";
      logger.warn("event rule of the template was changed by hand", { rule: name, bus, now });
      if (record.rule) this.#load({ ...times, definition: record.rule, template });
      else this.#deleted.set(key, template);
      return;
    }
    if (isByHand) logger.warn("event rule is what the template says now", { rule: name, bus });
    const isSameSchedule = !record || record.template?.schedule === template.schedule;
    const scheduledAtMs = isSameSchedule ? times.scheduledAtMs : clock.now();
    const kept = { ...times, scheduledAtMs, definition: template, template };
    if (!isSame) await write(records, ruleSpace, key, recordOf(kept));
    this.#load(kept);
  }

  #load(kept: Omit<KeptRule, "rule" | "loadedAtMs">): void {
    const { definition } = kept;
    const { bus, name } = definition;
    const read = readRule(definition, this.#options.account);
    if (!read.ok) {
      const { problem } = read;
      const reason = problem.member === "targets" ? problem.problem.message : problem.message;
      const what = { rule: name, bus, reason };
      this.#options.logger.error("stored event rule does not load, and does not run", what);
    }
    const rules = this.#byBus.get(bus) ?? new Map<string, KeptRule>();
    const loaded = { ...kept, loadedAtMs: this.#options.clock.now() };
    this.#byBus.set(bus, rules.set(name, { ...loaded, ...(read.ok && { rule: read.rule }) }));
  }
}

function timesOf({ createdAtMs, scheduledAtMs = createdAtMs, tags = {} }: RuleRecord) {
  return { createdAtMs, scheduledAtMs, tags };
}

function recordOf(kept: Omit<KeptRule, "loadedAtMs">): RuleRecord {
  const { definition, createdAtMs, scheduledAtMs, tags, template } = kept;
  const isAsTemplate = JSON.stringify(template) === JSON.stringify(definition);
  return {
    createdAtMs,
    scheduledAtMs,
    tags,
    template,
    rule: isAsTemplate ? undefined : definition,
  };
}
