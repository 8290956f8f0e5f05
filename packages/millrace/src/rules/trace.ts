/**
 * The last executions of rules, in memory, for whoever asks what caused what.
 *
 * Keeping one costs an assignment: nothing is formatted, looked up or sent before somebody asks.
 * The oldest makes room for the newest, and of texts that clients choose only so much is kept.
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
 * that was not true, or with a statement whose evaluation failed.
 */
export const traceOutcomes = ["ok", "action-failed", "where-false", "sql-failed"] as const;
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

export interface TracedExecution {
  /** Counts all executions since the start, from 1. */
  readonly number: number;
  readonly execution: Execution;
}

export interface Follower {
  readonly tell: (traced: TracedExecution) => void;
  /** Nothing more will be told. */
  readonly end: () => void;
}

export class RuleTrace {
  readonly #kept: Execution[] = [];
  readonly #keptMax: number;
  readonly #followers = new Set<Follower>();
  #count = 0;

  constructor(keptMax: number = rulesLimits.tracedExecutionsMax) {
    this.#keptMax = keptMax;
  }

  record(execution: Execution): void {
    const kept = hasLongText(execution) ? withShortTexts(execution) : execution;
    this.#kept[this.#count % this.#keptMax] = kept;
    this.#count += 1;
    if (this.#followers.size === 0) return;
    const traced = { number: this.#count, execution: kept };
    for (const follower of this.#followers) follower.tell(traced);
  }

  /** The newest `countMax` of those that are asked for, the oldest of them first. */
  recent(wish: TraceWish, countMax: number): TracedExecution[] {
    const found: TracedExecution[] = [];
    const oldest = Math.max(1, this.#count - this.#keptMax + 1);
    for (let number = this.#count; number >= oldest && found.length < countMax; number -= 1) {
      const execution = this.#kept[(number - 1) % this.#keptMax]!;
      if (isWished(execution, wish)) found.push({ number, execution });
    }
    return found.reverse();
  }

  /** Tells of each that is asked for, until the answer is called or all following ends. */
  follow(wish: TraceWish, { tell, end }: Follower): () => void {
    const follower: Follower = {
      tell: (traced) => {
        if (isWished(traced.execution, wish)) tell(traced);
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

export function traceOutcomeOf({ outcome, actions }: Execution): TraceOutcome {
  if (outcome === "passed") return "where-false";
  if (outcome === "failed") return "sql-failed";
  return actions.every(({ problem }) => problem === undefined) ? "ok" : "action-failed";
}

/** What costs most is looked at last; an id is made only for somebody who asks for one. */
function isWished(execution: Execution, wish: TraceWish): boolean {
  const { ruleName, outcome, sinceMs, topicFilter, traceId } = wish;
  if (ruleName !== undefined && execution.ruleName !== ruleName) return false;
  if (sinceMs !== undefined && execution.receivedAtMs < sinceMs) return false;
  if (outcome !== undefined && traceOutcomeOf(execution) !== outcome) return false;
  if (topicFilter !== undefined && !topicMatches(topicFilter, execution.topic)) return false;
  return traceId === undefined || execution.cause.id.startsWith(traceId);
}
