/**
 * What follows when a rule's statement fires: all its actions, side by side, and when any of them
 * has failed for good its error action, once for the message, after the last of them.
 *
 * An error action that fails is logged and counted; nothing follows from it.
 */

import type { Action, ActionInput } from "./actions/action.ts";
import { failedNameOf } from "./actions/load-action.ts";
import { performWithRetries } from "./attempts.ts";
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
}

/** What became of the actions, and of the error action when it was asked. */
export async function act(registered: RegisteredRule, input: ActionInput): Promise<Acted> {
  const { rule, tally } = registered;
  const outcomes: ActionOutcome[] = [];
  const failed: FailedAction[] = [];
  const settle = async (action: Action) => {
    const { outcome, failure } = await perform(action, input);
    outcomes.push(outcome);
    tally.countAction(action.kind, failure === undefined);
    if (!failure) return;
    logFailure("rule action failed", registered, { action, input, failure });
    const { kind, isBatched = false } = action;
    failed.push({ name: failedNameOf(kind), kind, isBatched, ...failure });
  };
  await Promise.all(rule.actions.map(settle));
  if (failed.length === 0 || !rule.errorAction) return { actions: outcomes };
  return { actions: outcomes, errorAction: await reportFailures(registered, failed, input) };
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

async function perform(
  action: Action,
  input: ActionInput,
): Promise<{ outcome: ActionOutcome; failure: ActionFailure | undefined }> {
  const startMs = input.clock.monotonic();
  const { resource, reason } = await performWithRetries(action, input);
  const durationMs = input.clock.monotonic() - startMs;
  const outcome = { kind: action.kind, resource, problem: reason, durationMs };
  return { outcome, failure: reason === undefined ? undefined : { resource, reason } };
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
