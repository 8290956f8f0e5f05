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
  type LogFields,
  type Logger,
  type Random,
} from "../base/mod.ts";
import type { Evaluation } from "../sql/mod.ts";
import { type Acted, act } from "./acting.ts";
import { Backlog } from "./backlog.ts";
import type { Execution } from "./execution.ts";
import { rulesLimits } from "./limits.ts";
import { RuleContext, type RuleMessage } from "./message.ts";
import type { RegisteredRule, Registry } from "./registry.ts";
import { type RuleTally, tallyFigures } from "./tally.ts";

export interface EngineOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  /** 12 digits, for `accountid()`. */
  readonly accountId: string;
  /** Runs the callback once, after the input that is at hand has been worked off. */
  readonly atEndOfTurn: (callback: () => void) => void;
  /** Told of each execution when its last action has settled. Must be quick, and not throw. */
  readonly onExecution?: ((execution: Execution) => void) | undefined;
}

export interface RuleCounts {
  /** Statements that fired. */
  readonly fired: number;
  readonly failedStatements: number;
  readonly failedActions: number;
  /** QoS 0 messages, events and followers of rules that found no room. */
  readonly throttledMessages: number;
}

interface Job {
  readonly message: RuleMessage;
  readonly context: RuleContext;
  readonly rules: readonly RegisteredRule[];
  readonly settle: () => void;
}

/** A rule that is about to be, or has been, evaluated on a message. */
interface Run {
  readonly registered: RegisteredRule;
  readonly context: RuleContext;
  readonly startMs: number;
}

export class Engine implements Figured {
  readonly #registry: Registry;
  readonly #options: EngineOptions;
  readonly #backlog = new Backlog<Job>();
  #isDrainDue = false;
  /** By what is logged. */
  readonly #nextLogMs = new Map<string, number>();
  #ruleNotFoundCount = 0;
  /** Messages, from rules too, that have come and whose rules are not done with them. */
  #openCount = 0;
  #idle: PromiseWithResolvers<void> | undefined;

  constructor(registry: Registry, options: EngineOptions) {
    this.#registry = registry;
    this.#options = options;
  }

  counts(): RuleCounts {
    const tallies = this.#tallies();
    const total = (count: (tally: RuleTally) => number) =>
      tallies.reduce((sum, tally) => sum + count(tally), 0);
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
      ...tallyFigures(this.#tallies()),
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
      counter(
        "millrace_rules_not_found_total",
        "Messages for one rule alone (Basic Ingest) that is not there or is disabled",
        this.#ruleNotFoundCount,
      ),
    ];
  }

  /**
   * `undefined` when no rule matches the topic. Else a promise, which never rejects, for the moment
   * when every action of every matching rule has succeeded or has failed after its last attempt.
   */
  tell(message: RuleMessage): Promise<void> | undefined {
    const rules = this.#registry.match(message.topic);
    return rules.length === 0 ? undefined : this.#enqueue(message, rules, message.topic);
  }

  /** Whether a rule may want topics that begin with this level; one without wildcards. */
  hears(level: string): boolean {
    return this.#registry.hasRoot(level);
  }

  /**
   * As `tell`, for a message on `$aws/rules/<name>[/<rest>]`, which is for the rule of that name
   * alone, whatever its filter. Where there is no such rule, or it is disabled, nobody is told but
   * the log and a counter.
   */
  ingest(message: RuleMessage): Promise<void> | undefined {
    const { ruleName, rest } = addressOf(message.topic);
    const registered = this.#registry.named(ruleName);
    if (registered?.enabled) return this.#enqueue(message, [registered], rest);
    this.#ruleNotFoundCount += 1;
    const { topic, origin } = message;
    this.#logRarely("RuleNotFound", { rule: ruleName, topic, clientId: origin.clientId });
    return undefined;
  }

  /**
   * Answers when everything that has come is done, or when so much time is over: what is not done
   * then is told to the log.
   */
  async settled(withinMs: number): Promise<void> {
    if (this.#openCount === 0) return;
    this.#idle ??= Promise.withResolvers();
    const late = Promise.withResolvers<void>();
    const timer = this.#options.clock.after(withinMs, late.resolve);
    await Promise.race([this.#idle.promise, late.promise]);
    timer.cancel();
    const messages = this.#openCount;
    if (messages > 0) this.#options.logger.warn("rules are not waited for any more", { messages });
  }

  #enqueue(message: RuleMessage, rules: readonly RegisteredRule[], topic: string): Promise<void> {
    const { clock, accountId, random } = this.#options;
    const reception = { receivedAtMs: clock.now(), accountId, random, topic };
    const context = new RuleContext(message, reception);
    return new Promise((settle) => {
      if (this.#backlog.push({ message, context, rules, settle })) {
        this.#openCount += 1;
        this.#drainLater();
        return;
      }
      const dropped = this.#backlog.droppedCount;
      this.#logRarely("RuleMessageThrottled", { topic: message.topic, dropped });
      settle();
    });
  }

  #tallies(): RuleTally[] {
    return [...this.#registry.all()].map(({ tally }) => tally);
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
    const { context } = job;
    const startMs = this.#options.clock.monotonic();
    const underway: Promise<void>[] = [];
    for (const registered of job.rules) {
      const settled = this.#evaluate({ registered, context, startMs });
      if (settled) underway.push(settled);
    }
    if (underway.length === 0) this.#finish(job);
    else void Promise.all(underway).then(() => this.#finish(job));
  }

  #finish(job: Job): void {
    this.#backlog.finish(job);
    job.settle();
    this.#openCount -= 1;
    if (this.#openCount > 0) {
      this.#drainLater();
      return;
    }
    this.#idle?.resolve();
    this.#idle = undefined;
  }

  /** Begins the rule's actions when its statement fires; a promise when there is more to come. */
  #evaluate(run: Run): Promise<void> | undefined {
    const evaluation = run.registered.rule.statement.evaluate(run.context);
    if (!(evaluation instanceof Promise)) return this.#follow(run, evaluation);
    return evaluation.then((later) => this.#follow(run, later));
  }

  #follow(run: Run, evaluation: Evaluation): Promise<void> | undefined {
    const { registered, context } = run;
    const { rule, tally } = registered;
    if (!evaluation.fired) {
      const { failure } = evaluation;
      if (failure === undefined) tally.passed += 1;
      else {
        tally.failed += 1;
        const fields = { rule: rule.name, topic: context.receivedOn, reason: failure };
        this.#options.logger.warn("rule failed", fields);
      }
      this.#told(run, evaluation, { actions: [] });
      return undefined;
    }
    tally.fired += 1;
    const { output, variables } = evaluation;
    const { clock, logger } = this.#options;
    const acting = act(registered, { output, variables, context, clock, logger });
    if (acting instanceof Promise)
      return acting.then((acted) => this.#told(run, evaluation, acted));
    this.#told(run, evaluation, acting);
    return undefined;
  }

  /** Tells whoever follows what became of the message in the rule. */
  #told(run: Run, evaluation: Evaluation, { actions, errorAction, endMs }: Acted): void {
    const { onExecution, clock } = this.#options;
    if (!onExecution) return;
    const { context, registered } = run;
    const failure = evaluation.fired ? undefined : evaluation.failure;
    const unfired = failure === undefined ? "passed" : "failed";
    onExecution({
      ruleName: registered.rule.name,
      topic: context.receivedOn,
      clientId: context.clientId,
      cause: context.cause,
      depth: context.origin.ruleDepth,
      receivedAtMs: context.receivedAtMs,
      durationMs: (endMs ?? clock.monotonic()) - run.startMs,
      outcome: evaluation.fired ? "fired" : unfired,
      failure,
      asked: evaluation.asked,
      outputBytes: evaluation.fired ? evaluation.output.bytes.length : 0,
      actions,
      errorAction,
    });
  }

  /** One line of a kind in so many seconds: what clients do must not fill the log. */
  #logRarely(what: string, fields: LogFields): void {
    const nowMs = this.#options.clock.monotonic();
    if (nowMs < (this.#nextLogMs.get(what) ?? 0)) return;
    this.#nextLogMs.set(what, nowMs + rulesLimits.throttledLogEveryMs);
    this.#options.logger.warn(what, fields);
  }
}

/** The parts of `$aws/rules/<name>[/<rest>]`; `topic()` sees the rest alone. */
function addressOf(topic: string): { ruleName: string; rest: string } {
  const [, , ruleName = "", ...rest] = topic.split("/");
  return { ruleName, rest: rest.join("/") };
}
