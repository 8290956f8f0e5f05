/**
 * The last executions of rules, and what policies refused meanwhile, in memory, for whoever asks
 * what caused what, or why nothing happened.
 *
 * Keeping one costs an assignment: nothing is formatted, looked up or sent before somebody asks.
 * The oldest makes room for the newest, and of texts that clients choose only so much is kept.
 * Refusals have room of their own: whoever may do nothing can cause any number of them, and must
 * not be able to wipe out what the rules did.
 * Followers are told of each as it comes; what a follower does with it must be quick, a queue is
 * the follower's own affair.
 */

import { topicMatches } from "@millrace/mqtt";
import { shortened } from "../base/mod.ts";
import type { Asked } from "../sql/mod.ts";
import type { ActionOutcome, Execution } from "./execution.ts";
import { rulesLimits } from "./limits.ts";

/**
 * How an execution ended: with every action done, with an action that failed for good, with a WHERE
 * that was not true, or with a statement whose evaluation failed. Or something was refused before
 * any rule saw it.
 */
export const traceOutcomes = [
  "ok",
  "action-failed",
  "where-false",
  "sql-failed",
  "refused",
] as const;
export type TraceOutcome = (typeof traceOutcomes)[number];

/** What is asked for; an absent member asks for nothing. */
export interface TraceWish {
  readonly ruleName?: string | undefined;
  readonly topicFilter?: string | undefined;
  readonly outcome?: TraceOutcome | undefined;
  /** Or the beginning of it. */
  readonly traceId?: string | undefined;
  /** Of the message's arrival, milliseconds since the epoch, included. */
  readonly sinceMs?: number | undefined;
}

/** What a policy refused, or somebody who did not prove who it is. Its texts are short already. */
export interface TracedRefusal {
  readonly outcome: "refused";
  readonly receivedAtMs: number;
  /** Who refused: `mqtt`, `api` or `invoke`. */
  readonly via: string;
  /** e.g. `iot:Publish`. */
  readonly action: string;
  /** An ARN. */
  readonly resource: string;
  readonly clientId: string | undefined;
  /** The name of who was refused; empty for somebody unproved. */
  readonly principal: string;
  /** In a sentence. */
  readonly reason: string;
  /** What to do about it; `statement` would allow just this. */
  readonly remedy: { readonly sentence: string; readonly statement?: unknown } | undefined;
}

export type TracedEvent = Execution | TracedRefusal;

export interface Traced {
  /** Counts all events since the start, from 1. */
  readonly number: number;
  readonly event: TracedEvent;
}

export interface Follower {
  readonly tell: (traced: Traced) => void;
  /** Nothing more will be told. */
  readonly end: () => void;
}

export class Trace {
  readonly #executions: Ring;
  readonly #refusals: Ring;
  readonly #followers = new Set<Follower>();
  #count = 0;

  constructor(
    executionsMax: number = rulesLimits.tracedExecutionsMax,
    refusalsMax: number = rulesLimits.tracedRefusalsMax,
  ) {
    this.#executions = new Ring(executionsMax);
    this.#refusals = new Ring(refusalsMax);
  }

  record(execution: Execution): void {
    this.#keep(this.#executions, hasLongText(execution) ? withShortTexts(execution) : execution);
  }

  recordRefusal(refusal: TracedRefusal): void {
    this.#keep(this.#refusals, refusal);
  }

  /** The newest `countMax` of those that are asked for, the oldest of them first. */
  recent(wish: TraceWish, countMax: number): Traced[] {
    const found: Traced[] = [];
    for (const traced of this.#newestFirst()) {
      if (found.length >= countMax) break;
      if (isWished(traced.event, wish)) found.push(traced);
    }
    return found.reverse();
  }

  /** Tells of each that is asked for, until the answer is called or all following ends. */
  follow(wish: TraceWish, { tell, end }: Follower): () => void {
    const follower: Follower = {
      tell: (traced) => {
        if (isWished(traced.event, wish)) tell(traced);
      },
      end,
    };
    this.#followers.add(follower);
    return () => this.#followers.delete(follower);
  }

  /** Ends all that follow: the server is about to stop. */
  endFollowing(): void {
    const followers = [...this.#followers];
    this.#followers.clear();
    for (const { end } of followers) end();
  }

  /** Of both, by their numbers. */
  *#newestFirst(): Generator<Traced> {
    let executionsTold = 0;
    let refusalsTold = 0;
    for (;;) {
      const execution = this.#executions.newest(executionsTold);
      const refusal = this.#refusals.newest(refusalsTold);
      if (execution && execution.number > (refusal?.number ?? 0)) {
        executionsTold += 1;
        yield execution;
      } else if (refusal) {
        refusalsTold += 1;
        yield refusal;
      } else return;
    }
  }

  #keep(ring: Ring, event: TracedEvent): void {
    this.#count += 1;
    const traced = { number: this.#count, event };
    ring.push(traced);
    for (const follower of this.#followers) follower.tell(traced);
  }
}

/** The last so many of a kind. */
class Ring {
  readonly #kept: Traced[] = [];
  readonly #keptMax: number;
  #count = 0;

  constructor(keptMax: number) {
    this.#keptMax = keptMax;
  }

  push(traced: Traced): void {
    this.#kept[this.#count % this.#keptMax] = traced;
    this.#count += 1;
  }

  /** The newest but so many; `undefined` when it is not kept. */
  newest(butCount: number): Traced | undefined {
    if (butCount >= this.#kept.length) return undefined;
    return this.#kept[(this.#count - 1 - butCount) % this.#keptMax];
  }
}

const { tracedTextMax } = rulesLimits;

function hasLongText(execution: Execution): boolean {
  const { topic, clientId, failure, asked, actions, errorAction } = execution;
  if (isLong(topic) || isLong(clientId) || isLong(failure)) return true;
  if (asked?.some((one) => isLong(one.failure))) return true;
  return actions.some(hasLongAction) || (errorAction !== undefined && hasLongAction(errorAction));
}

function hasLongAction({ resource, problem }: ActionOutcome): boolean {
  return isLong(resource) || isLong(problem);
}

function isLong(text: string | undefined): boolean {
  return text !== undefined && text.length > tracedTextMax;
}

function withShortTexts(execution: Execution): Execution {
  const { topic, clientId, failure, asked, actions, errorAction } = execution;
  return {
    ...execution,
    topic: short(topic),
    clientId: clientId && short(clientId),
    failure: failure && short(failure),
    asked: asked?.map(withShortFailure),
    actions: actions.map(withShortAction),
    errorAction: errorAction && withShortAction(errorAction),
  };
}

function withShortAction(action: ActionOutcome): ActionOutcome {
  const { resource, problem } = action;
  return { ...action, resource: short(resource), problem: problem && short(problem) };
}

function withShortFailure({ name, failure }: Asked): Asked {
  return { name, failure: failure && short(failure) };
}

function short(text: string): string {
  return shortened(text, tracedTextMax);
}

export function traceOutcomeOf(event: TracedEvent): TraceOutcome {
  if (event.outcome === "refused") return "refused";
  if (event.outcome === "passed") return "where-false";
  if (event.outcome === "failed") return "sql-failed";
  return event.actions.every(({ problem }) => problem === undefined) ? "ok" : "action-failed";
}

/** The topic of the message; `undefined` where something else than a topic was refused. */
export function traceTopicOf(event: TracedEvent): string | undefined {
  return event.outcome === "refused" ? topicOfArn(event.resource) : event.topic;
}

/** `arn:<partition>:iot:<region>:<account>:topic/<topic>`; a topic may hold colons. */
function topicOfArn(arn: string): string | undefined {
  return /^arn:[^:]*:iot:[^:]*:[^:]*:topic\/(.*)$/s.exec(arn)?.[1];
}

/** What costs most is looked at last; an id is made only for somebody who asks for one. */
function isWished(event: TracedEvent, wish: TraceWish): boolean {
  const { ruleName, outcome, sinceMs, topicFilter, traceId } = wish;
  const execution = event.outcome === "refused" ? undefined : event;
  if (ruleName !== undefined && execution?.ruleName !== ruleName) return false;
  if (sinceMs !== undefined && event.receivedAtMs < sinceMs) return false;
  if (outcome !== undefined && traceOutcomeOf(event) !== outcome) return false;
  if (topicFilter !== undefined) {
    const topic = traceTopicOf(event);
    if (topic === undefined || !topicMatches(topicFilter, topic)) return false;
  }
  return traceId === undefined || execution?.cause.id.startsWith(traceId) === true;
}
