/**
 * Rules that are made, changed and taken away while messages run.
 *
 * Changes happen one after the other. Each is durable before it takes effect, and takes effect at
 * once: a message sees the rules as they were before it or after it.
 *
 * The template's rules are the template's, but may be changed by hand, as those of a stack may be
 * on AWS. What was changed holds, over restarts too, until the template says something new about
 * that rule; then the template's word counts. A rule that goes from the template is gone.
 *
 * A rule that was stored and no longer loads is kept as it is, does not run, and says why.
 */

import type { Logger } from "../../base/mod.ts";
import type { Records } from "../../storage/mod.ts";
import type { RuleDefinition } from "../definition.ts";
import { loadRule, logWarnings, type Rule, type RuleError } from "../load.ts";
import { readTopicRulePayload } from "../payload/payload.ts";
import type { Registry } from "../registry.ts";
import { type TrialMessage, type TrialOptions, type TriedRules, tryRules } from "../trial/trial.ts";
import {
  isActive,
  type ManagedRule,
  payloadOf,
  problemText,
  type RulePayload,
  type Tags,
} from "./managed-rule.ts";
import { type RuleRecord, readRuleRecords, writeRuleRecord } from "./rule-records.ts";

export interface RuleManagerOptions extends TrialOptions {
  readonly registry: Registry;
  /** The template's; they are in the registry already. */
  readonly definitions: readonly RuleDefinition[];
  readonly records: Records;
  readonly logger: Logger;
}

export type RuleProblem =
  | { readonly kind: "missing" | "exists" }
  | { readonly kind: "invalid"; readonly errors: readonly RuleError[] }
  /** It is stored and does not load. */
  | { readonly kind: "broken"; readonly reason: string };

/** `undefined`: it is done, and durable. */
export type RuleOutcome = Promise<RuleProblem | undefined>;

export class RuleManager {
  readonly #options: RuleManagerOptions;
  readonly #rules = new Map<string, ManagedRule>();
  /** What the template says of rules that were deleted by hand. */
  readonly #deletedOfTemplate = new Map<string, RulePayload>();
  #lastChange: Promise<unknown> = Promise.resolve();
  #isStarted = false;

  constructor(options: RuleManagerOptions) {
    this.#options = options;
  }

  /** False until what was stored is back. */
  get isStarted(): boolean {
    return this.#isStarted;
  }

  /** Brings back what was stored, and brings it in line with the template. */
  async start(): Promise<void> {
    const { definitions, records } = this.#options;
    const stored = await readRuleRecords(records);
    for (const definition of definitions) {
      await this.#startTemplateRule(definition, stored.get(definition.name));
      stored.delete(definition.name);
    }
    for (const [name, record] of stored) {
      if (record.template || !record.payload) await writeRuleRecord(records, name, undefined);
      else this.#restore(name, record, record.payload);
    }
    this.#isStarted = true;
  }

  get(name: string): ManagedRule | undefined {
    return this.#rules.get(name);
  }

  /** In the order of their names, those behind `after`. */
  list(after?: string): ManagedRule[] {
    return [...this.#rules.values()]
      .filter(({ name }) => after === undefined || name > after)
      .sort((left, right) => (left.name < right.name ? -1 : 1));
  }

  /** What the rules as they are now, or one of them, would do with a message; nothing is done. */
  try(message: TrialMessage, name?: string): Promise<TriedRules> {
    const rules = name === undefined ? this.list() : [this.#rules.get(name)].filter((one) => !!one);
    const readings = rules.map(({ name, payload }) => readTopicRulePayload(name, payload));
    return tryRules(readings, message, this.#options);
  }

  /** What a statement alone gives, without a rule around it. */
  tryStatement(payload: unknown, message: TrialMessage): Promise<TriedRules> {
    return tryRules([readTopicRulePayload("statement", payload)], message, this.#options);
  }

  create(name: string, payload: unknown, tags: Tags = {}): RuleOutcome {
    return this.#inTurn(async () => {
      if (this.#rules.has(name)) return { kind: "exists" };
      const read = this.#read(name, payload);
      if (!read.ok) return { kind: "invalid", errors: read.errors };
      const createdAtMs = this.#options.clock.now();
      // A rule of the template that was deleted by hand stays known as the template's.
      const template = this.#deletedOfTemplate.get(name);
      const { rule } = read;
      const made = { name, payload: read.payload, createdAtMs, tags, template, rule };
      return this.#change({ ...made, problem: undefined });
    });
  }

  /** Takes the place of the whole rule but its tags and when it was made. */
  replace(name: string, payload: unknown): RuleOutcome {
    return this.#inTurn(async () => {
      const former = this.#rules.get(name);
      if (!former) return { kind: "missing" };
      const read = this.#read(name, payload);
      if (!read.ok) return { kind: "invalid", errors: read.errors };
      const { rule } = read;
      return this.#change({ ...former, payload: read.payload, rule, problem: undefined });
    });
  }

  setEnabled(name: string, enabled: boolean): RuleOutcome {
    return this.#inTurn(async () => {
      const former = this.#rules.get(name);
      if (!former) return { kind: "missing" };
      if (enabled && former.problem !== undefined) {
        return { kind: "broken", reason: former.problem };
      }
      return this.#change({ ...former, payload: { ...former.payload, ruleDisabled: !enabled } });
    });
  }

  setTags(name: string, change: (tags: Tags) => Tags): RuleOutcome {
    return this.#inTurn(async () => {
      const former = this.#rules.get(name);
      if (!former) return { kind: "missing" };
      return this.#change({ ...former, tags: change(former.tags) });
    });
  }

  delete(name: string): RuleOutcome {
    return this.#inTurn(async () => {
      const former = this.#rules.get(name);
      if (!former) return { kind: "missing" };
      const { template, createdAtMs } = former;
      const rest = template && { createdAtMs, template, deleted: true };
      await writeRuleRecord(this.#options.records, name, rest);
      this.#rules.delete(name);
      this.#options.registry.remove(name);
      if (template) this.#deletedOfTemplate.set(name, template);
      return undefined;
    });
  }

  /** One change at a time, in the order in which they came. */
  #inTurn(change: () => RuleOutcome): RuleOutcome {
    const result = this.#lastChange.then(change);
    this.#lastChange = result.catch(() => undefined); // told to whoever asked for the change
    return result;
  }

  #read(name: string, payload: unknown) {
    const read = readTopicRulePayload(name, payload);
    if (!read.ok) return read;
    const loaded = loadRule(read.definition, this.#options.ports);
    if (!loaded.ok) return loaded;
    logWarnings(loaded.warnings, this.#options.logger);
    return { ok: true, rule: loaded.rule, payload: payload as RulePayload } as const;
  }

  async #change(managed: ManagedRule): RuleOutcome {
    await writeRuleRecord(this.#options.records, managed.name, recordOf(managed));
    this.#put(managed);
    return undefined;
  }

  #put(managed: ManagedRule): void {
    const { registry } = this.#options;
    this.#rules.set(managed.name, managed);
    this.#deletedOfTemplate.delete(managed.name);
    if (managed.rule) registry.put(managed.rule, { enabled: isActive(managed) });
    else registry.remove(managed.name);
  }

  async #startTemplateRule(definition: RuleDefinition, record?: RuleRecord): Promise<void> {
    const { clock, registry, records, logger } = this.#options;
    const { name } = definition;
    const template = payloadOf(definition);
    const isByHand = record?.payload !== undefined || record?.deleted === true;
    if (record && isByHand && isSame(name, record.template, template)) {
      logger.warn("rule of the template was changed by hand", {
        rule: name,
        now: record.deleted ? "deleted" : "changed",
      });
      if (record.payload) this.#restore(name, record, record.payload);
      else {
        registry.remove(name);
        this.#deletedOfTemplate.set(name, template);
      }
      return;
    }
    if (record && isByHand) {
      const was = record.deleted ? "deleted" : JSON.stringify(record.payload);
      logger.warn("rule is what the template says now", { rule: name, was });
    }
    const { createdAtMs = clock.now(), tags = {} } = record ?? {};
    const rule: Rule | undefined = registry.named(name)?.rule;
    const managed = { name, payload: template, createdAtMs, tags, template, rule };
    this.#rules.set(name, { ...managed, problem: undefined });
    if (record && !isByHand && isSame(name, record.template, template)) return;
    await writeRuleRecord(records, name, { createdAtMs, template, tags });
  }

  /** What does not load any more is kept, and told. */
  #restore(name: string, record: RuleRecord, payload: RulePayload): void {
    const { createdAtMs, template, tags = {} } = record;
    const read = this.#read(name, payload);
    const rule = read.ok ? read.rule : undefined;
    const problem = read.ok ? undefined : problemText(read.errors);
    if (problem !== undefined) {
      this.#options.logger.error("stored rule does not load, and does not run", {
        rule: name,
        reason: problem,
      });
    }
    this.#put({ name, payload, createdAtMs, tags, template, rule, problem });
  }
}

function recordOf({ name, payload, createdAtMs, tags, template }: ManagedRule): RuleRecord {
  const isAsTemplate = isSame(name, template, payload);
  return { createdAtMs, template, tags, payload: isAsTemplate ? undefined : payload };
}

/** Whether both say the same, whatever they leave to defaults and however they are ordered. */
function isSame(name: string, left: RulePayload | undefined, right: RulePayload): boolean {
  return left !== undefined && meaningOf(name, left) === meaningOf(name, right);
}

function meaningOf(name: string, payload: RulePayload): string {
  const read = readTopicRulePayload(name, payload);
  return JSON.stringify(read.ok ? payloadOf(read.definition) : payload, membersInOrder);
}

/** For `JSON.stringify`. */
function membersInOrder(_: string, value: unknown): unknown {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).sort(([one], [two]) => (one < two ? -1 : 1)));
}
