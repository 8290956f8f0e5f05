/**
 * What follows when a rule's statement fires: all its actions, side by side, and when any of them
 * has failed for good its error action, once for the message, after the last of them.
 *
 * An error action that fails is logged and counted; nothing follows from it.
 */

import type { Action, ActionInput } from "./actions/action.ts";
import { failedNameOf } from "./actions/load-action.ts";
import { type ActionEnd, type Attempted, performWithRetries } from "./attempts.ts";
import { errorOutput, type FailedAction } from "./error-message.ts";
import type { ActionOutcome } from "./execution.ts";
import type { RegisteredRule } from "./registry.ts";

interface ActionFailure {
  readonly resource: string;
  readonly reason: string;
}

export interface Acted {
  /** In the order in which they settled. */
  readonly actions: readonly ActionOutcome[];
  readonly errorAction?: ActionOutcome;
  /**
   * When the last of them had settled, by the clock that only goes on; absent without them, or
   * when an error action came behind.
   */
  readonly endMs?: number | undefined;
}

/** What became of the actions, and of the error action when it was asked. */
export function act(registered: RegisteredRule, input: ActionInput): Acted | Promise<Acted> {
  const acting = new Acting(registered, input);
  let underway: Promise<void>[] | undefined;
  for (const action of registered.rule.actions) {
    const performed = perform(action, input);
    if (performed instanceof Promise) {
      underway ??= [];
      underway.push(performed.then((later) => acting.settle(action, later)));
    } else acting.settle(action, performed);
  }
  return underway ? Promise.all(underway).then(() => acting.finish()) : acting.finish();
}

/** The actions of one rule on one message. */
class Acting {
  readonly #registered: RegisteredRule;
  readonly #input: ActionInput;
  readonly #outcomes: ActionOutcome[] = [];
  #failed: FailedAction[] | undefined;
  #endMs: number | undefined;

  constructor(registered: RegisteredRule, input: ActionInput) {
    this.#registered = registered;
    this.#input = input;
  }

  settle(action: Action, { outcome, failure, endMs }: Performed): void {
    this.#outcomes.push(outcome);
    this.#endMs = endMs;
    this.#registered.tally.countAction(action.kind, failure === undefined);
    if (!failure) return;
    const input = this.#input;
    logFailure("rule action failed", this.#registered, { action, input, failure });
    const { kind, isBatched = false } = action;
    this.#failed ??= [];
    this.#failed.push({ name: failedNameOf(kind), kind, isBatched, ...failure });
  }

  finish(): Acted | Promise<Acted> {
    const actions = this.#outcomes;
    if (!this.#failed || !this.#registered.rule.errorAction) {
      return { actions, endMs: this.#endMs };
    }
    const reported = reportFailures(this.#registered, this.#failed, this.#input);
    return reported.then((errorAction) => ({ actions, errorAction }));
  }
}

async function reportFailures(
  registered: RegisteredRule,
  failed: readonly FailedAction[],
  input: ActionInput,
): Promise<ActionOutcome> {
  const { rule, tally } = registered;
  const action = rule.errorAction!;
  const output = errorOutput(rule, failed, input.context);
  const { outcome, failure } = await perform(action, { ...input, output, ofErrors: true });
  tally.countErrorAction(failure === undefined);
  if (failure) logFailure("rule error action failed", registered, { action, input, failure });
  return outcome;
}

interface Performed {
  readonly outcome: ActionOutcome;
  readonly endMs: number;
  readonly failure: ActionFailure | undefined;
}

function perform(action: Action, input: ActionInput): Performed | Promise<Performed> {
  const attempted = { action, input, startMs: input.clock.monotonic() };
  const end = performWithRetries(attempted);
  if (end instanceof Promise) return end.then((later) => performed(attempted, later));
  return performed(attempted, end);
}

function performed({ action, input, startMs }: Attempted, { resource, reason }: ActionEnd) {
  const endMs = input.clock.monotonic();
  const durationMs = endMs - startMs;
  const outcome = { kind: action.kind, resource, problem: reason, durationMs };
  return { outcome, endMs, failure: reason === undefined ? undefined : { resource, reason } };
}

interface Failed {
  readonly action: Action;
  readonly input: ActionInput;
  readonly failure: ActionFailure;
}

function logFailure(what: string, { rule }: RegisteredRule, { action, input, failure }: Failed) {
  input.logger.warn(what, {
    rule: rule.name,
    action: action.kind,
    topic: input.context.receivedOn,
    reason: failure.reason,
  });
}
