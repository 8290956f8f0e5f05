/**
 * The rules engine: match, evaluate, act.
 *
 * `tell` is on the way of every publish: it looks up the topic, and queues the message when a rule
 * matches. Evaluation happens later, at the end of the turn, a bounded number of messages at a
 * time, so that no rule holds up a delivery. Rules of one message are independent of each other,
 * as are the actions of a rule: they all begin, and a failure is logged and stops nothing else.
 */

import type { Clock, Logger, Random } from "../base/mod.ts";
import type { Evaluation } from "../sql/mod.ts";
import type { Action, ActionInput } from "./actions/action.ts";
import { performWithRetries } from "./attempts.ts";
import { Backlog } from "./backlog.ts";
import type { RuleDefinition } from "./definition.ts";
import { FilterTree } from "./filter-tree.ts";
import { rulesLimits } from "./limits.ts";
import { loadRule, type Rule, type RuleError } from "./load.ts";
import { RuleContext, type RuleMessage } from "./message.ts";
import type { RulePorts } from "./ports.ts";

export interface RulesOptions {
  readonly definitions: readonly RuleDefinition[];
  readonly ports: RulePorts;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** 12 digits, for `accountid()`. */
  readonly accountId: string;
  /** Runs the callback once, after the input that is at hand has been worked off. */
  readonly atEndOfTurn: (callback: () => void) => void;
}

export interface RuleCounts {
  /** Statements that fired. */
  readonly fired: number;
  readonly failedStatements: number;
  readonly failedActions: number;
  /** QoS 0 messages and followers of rules that found no room. */
  readonly throttledMessages: number;
}

export interface Rules {
  /**
   * `undefined` when no rule matches the topic. Else a promise, which never rejects, for the moment
   * when every action of every matching rule has succeeded or has failed after its last attempt.
   */
  tell(message: RuleMessage): Promise<void> | undefined;
  counts(): RuleCounts;
}

export type CreatedRules =
  | { readonly ok: true; readonly rules: Rules }
  | { readonly ok: false; readonly errors: readonly RuleError[] };

/** The rules at work, or everything that is wrong with the definitions, disabled ones included. */
export function createRules(options: RulesOptions): CreatedRules {
  const errors: RuleError[] = [];
  const tree = new FilterTree<Rule>();
  const names = new Set<string>();
  for (const definition of options.definitions) {
    const { name: ruleName, enabled } = definition;
    if (names.has(ruleName)) {
      errors.push({ ruleName, property: "name", message: `there are two rules "${ruleName}"` });
    }
    names.add(ruleName);
    const loaded = loadRule(definition, options.ports);
    if (!loaded.ok) errors.push(...loaded.errors);
    else {
      for (const { property, message, line, column } of loaded.warnings) {
        options.logger.warn("rule is taken as it is", {
          ruleName,
          property,
          message,
          line,
          column,
        });
      }
      if (enabled) tree.add(loaded.rule.topicFilter, loaded.rule);
    }
  }
  return errors.length > 0 ? { ok: false, errors } : { ok: true, rules: new Engine(tree, options) };
}

interface Job {
  readonly message: RuleMessage;
  readonly context: RuleContext;
  readonly rules: readonly Rule[];
  readonly settle: () => void;
}

class Engine implements Rules {
  readonly #tree: FilterTree<Rule>;
  readonly #options: RulesOptions;
  readonly #backlog = new Backlog<Job>();
  readonly #counts = { fired: 0, failedStatements: 0, failedActions: 0 };
  #isDrainDue = false;
  #throttledLogDueMs = 0;

  constructor(tree: FilterTree<Rule>, options: RulesOptions) {
    this.#tree = tree;
    this.#options = options;
  }

  counts(): RuleCounts {
    return { ...this.#counts, throttledMessages: this.#backlog.droppedCount };
  }

  tell(message: RuleMessage): Promise<void> | undefined {
    const rules = this.#tree.match(message.topic);
    if (rules.length === 0) return undefined;
    const { clock, accountId, random } = this.#options;
    const reception = { receivedAtMs: clock.now(), accountId, random };
    const context = new RuleContext(message, reception);
    return new Promise((settle) => {
      if (this.#backlog.push({ message, context, rules, settle })) {
        this.#drainLater();
        return;
      }
      this.#logThrottled(message.topic);
      settle();
    });
  }

  #drainLater(): void {
    if (this.#isDrainDue || !this.#backlog.hasNext) return;
    this.#isDrainDue = true;
    this.#options.atEndOfTurn(() => {
      this.#isDrainDue = false;
      this.#drain();
    });
  }

  #drain(): void {
    for (let count = 0; count < rulesLimits.messagesPerTurnMax; count += 1) {
      const job = this.#backlog.take();
      if (!job) return;
      this.#run(job);
    }
    this.#drainLater();
  }

  #run(job: Job): void {
    const underway: Promise<void>[] = [];
    for (const rule of job.rules) this.#evaluate(rule, job.context, underway);
    if (underway.length === 0) this.#finish(job);
    else void Promise.all(underway).then(() => this.#finish(job));
  }

  #finish(job: Job): void {
    this.#backlog.finish(job);
    job.settle();
    this.#drainLater();
  }

  /** Begins the rule's actions when its statement fires. */
  #evaluate(rule: Rule, context: RuleContext, underway: Promise<void>[]): void {
    const evaluation = rule.statement.evaluate(context);
    if (evaluation instanceof Promise) underway.push(this.#followLater(rule, evaluation, context));
    else underway.push(...this.#follow(rule, evaluation, context));
  }

  async #followLater(rule: Rule, evaluation: Promise<Evaluation>, context: RuleContext) {
    await Promise.all(this.#follow(rule, await evaluation, context));
  }

  #follow(rule: Rule, evaluation: Evaluation, context: RuleContext): Promise<void>[] {
    if (evaluation.fired) {
      this.#counts.fired += 1;
      const { output, variables } = evaluation;
      return rule.actions.map((action) => this.#act(rule, action, { output, variables, context }));
    }
    if (evaluation.failure) {
      this.#counts.failedStatements += 1;
      const fields = { rule: rule.name, topic: context.topic, reason: evaluation.failure };
      this.#options.logger.warn("rule failed", fields);
    }
    return [];
  }

  async #act(rule: Rule, action: Action, input: ActionInput): Promise<void> {
    const { clock, logger } = this.#options;
    const reason = await performWithRetries(action, input, clock);
    if (reason === undefined) return;
    this.#counts.failedActions += 1;
    const { topic } = input.context;
    logger.warn("rule action failed", { rule: rule.name, action: action.kind, topic, reason });
  }

  #logThrottled(topic: string): void {
    const nowMs = this.#options.clock.monotonic();
    if (nowMs < this.#throttledLogDueMs) return;
    this.#throttledLogDueMs = nowMs + rulesLimits.throttledLogEveryMs;
    const dropped = this.#backlog.droppedCount;
    this.#options.logger.warn("RuleMessageThrottled", { topic, dropped });
  }
}
