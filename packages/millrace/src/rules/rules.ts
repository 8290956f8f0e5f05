/**
 * The rules engine: match, evaluate, act.
 *
 * `tell` is on the way of every publish: it looks up the topic, and queues the message when a rule
 * matches. Evaluation happens later, at the end of the turn, a bounded number of messages at a
 * time, so that no rule holds up a delivery. Rules of one message are independent of each other,
 * as are the actions of a rule: they all begin, and a failure is logged and stops nothing else.
 */

import {
  type Clock,
  counter,
  type Figure,
  type Figured,
  gauge,
  type Logger,
  type Random,
} from "../base/mod.ts";
import type { Evaluation } from "../sql/mod.ts";
import type { Action, ActionInput } from "./actions/action.ts";
import { performWithRetries } from "./attempts.ts";
import { Backlog } from "./backlog.ts";
import type { RuleDefinition } from "./definition.ts";
import { FilterTree } from "./filter-tree.ts";
import { rulesLimits } from "./limits.ts";
import { loadRule, type RuleError } from "./load.ts";
import { RuleContext, type RuleMessage } from "./message.ts";
import type { RulePorts } from "./ports.ts";
import { RuleTally, tallyFigures } from "./tally.ts";

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

export interface Rules extends Figured {
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
  const tree = new FilterTree<RuleTally>();
  const tallies: RuleTally[] = [];
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
      if (!enabled) continue;
      const tally = new RuleTally(loaded.rule);
      tallies.push(tally);
      tree.add(loaded.rule.topicFilter, tally);
    }
  }
  if (errors.length > 0) return { ok: false, errors };
  return { ok: true, rules: new Engine(tree, tallies, options) };
}

interface Job {
  readonly message: RuleMessage;
  readonly context: RuleContext;
  readonly rules: readonly RuleTally[];
  readonly settle: () => void;
}

class Engine implements Rules {
  readonly #tree: FilterTree<RuleTally>;
  readonly #tallies: readonly RuleTally[];
  readonly #options: RulesOptions;
  readonly #backlog = new Backlog<Job>();
  #isDrainDue = false;
  #throttledLogDueMs = 0;

  constructor(tree: FilterTree<RuleTally>, tallies: readonly RuleTally[], options: RulesOptions) {
    this.#tree = tree;
    this.#tallies = tallies;
    this.#options = options;
  }

  counts(): RuleCounts {
    const total = (count: (tally: RuleTally) => number) =>
      this.#tallies.reduce((sum, tally) => sum + count(tally), 0);
    return {
      fired: total(({ fired }) => fired),
      failedStatements: total(({ failed }) => failed),
      failedActions: total(({ failedActions }) => failedActions),
      throttledMessages: this.#backlog.droppedCount,
    };
  }

  figures(): Figure[] {
    const { waitingCount, runningCount, droppedCount } = this.#backlog;
    return [
      ...tallyFigures(this.#tallies),
      gauge("millrace_rule_messages_waiting", "Messages that wait for their rules", waitingCount),
      gauge(
        "millrace_rule_messages_running",
        "Messages from outside whose actions are under way",
        runningCount,
      ),
      counter(
        "millrace_rule_messages_dropped_total",
        "Messages that found no room among those that wait for their rules",
        droppedCount,
      ),
    ];
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
    for (const tally of job.rules) this.#evaluate(tally, job.context, underway);
    if (underway.length === 0) this.#finish(job);
    else void Promise.all(underway).then(() => this.#finish(job));
  }

  #finish(job: Job): void {
    this.#backlog.finish(job);
    job.settle();
    this.#drainLater();
  }

  /** Begins the rule's actions when its statement fires. */
  #evaluate(tally: RuleTally, context: RuleContext, underway: Promise<void>[]): void {
    const { rule } = tally;
    const evaluation = rule.statement.evaluate(context);
    if (evaluation instanceof Promise) underway.push(this.#followLater(tally, evaluation, context));
    else underway.push(...this.#follow(tally, evaluation, context));
  }

  async #followLater(tally: RuleTally, evaluation: Promise<Evaluation>, context: RuleContext) {
    await Promise.all(this.#follow(tally, await evaluation, context));
  }

  #follow(tally: RuleTally, evaluation: Evaluation, context: RuleContext): Promise<void>[] {
    const { rule } = tally;
    if (evaluation.fired) {
      tally.fired += 1;
      const { output, variables } = evaluation;
      const { clock, logger } = this.#options;
      const input = { output, variables, context, clock, logger };
      return rule.actions.map((action) => this.#act(tally, action, input));
    }
    if (evaluation.failure) {
      tally.failed += 1;
      const fields = { rule: rule.name, topic: context.topic, reason: evaluation.failure };
      this.#options.logger.warn("rule failed", fields);
    } else tally.passed += 1;
    return [];
  }

  async #act({ rule, actions }: RuleTally, action: Action, input: ActionInput): Promise<void> {
    const failure = await performWithRetries(action, input);
    const counts = actions[action.kind]!;
    if (failure === undefined) {
      counts.succeeded += 1;
      return;
    }
    counts.failed += 1;
    const { topic } = input.context;
    const told = { rule: rule.name, action: action.kind, topic, reason: failure.reason };
    input.logger.warn("rule action failed", told);
  }

  #logThrottled(topic: string): void {
    const nowMs = this.#options.clock.monotonic();
    if (nowMs < this.#throttledLogDueMs) return;
    this.#throttledLogDueMs = nowMs + rulesLimits.throttledLogEveryMs;
    const dropped = this.#backlog.droppedCount;
    this.#options.logger.warn("RuleMessageThrottled", { topic, dropped });
  }
}
