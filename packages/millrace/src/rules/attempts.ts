/**
 * One action, tried again when the world was in the way. Only a broken invariant is thrown on: it
 * is not the action's failure, and ends the process.
 */

import { type Clock, errorText, InvariantBroken, WorldError } from "../base/mod.ts";
import type { Action, ActionInput, ActionProblem, Prepared } from "./actions/action.ts";
import { rulesLimits } from "./limits.ts";

export interface ActionEnd {
  /** What it acted on, as far as that was known. */
  readonly resource: string;
  /** Why it failed after its last attempt; `undefined` when it succeeded. */
  readonly reason: ActionProblem;
}

/** What became of the action after its last attempt. */
export async function performWithRetries(action: Action, input: ActionInput): Promise<ActionEnd> {
  let prepared: Prepared;
  try {
    const preparing = action.prepare(input);
    prepared = preparing instanceof Promise ? await preparing : preparing;
  } catch (thrown) {
    if (thrown instanceof InvariantBroken) throw thrown;
    return { resource: action.resource, reason: errorText(thrown) };
  }
  return { resource: prepared.resource, reason: await attempt(prepared, input.clock) };
}

async function attempt(prepared: Prepared, clock: Clock): Promise<ActionProblem> {
  const startMs = clock.monotonic();
  let pauseMs: number = rulesLimits.firstPauseMs;
  for (let count = 1; ; count += 1) {
    try {
      return await prepared.perform();
    } catch (thrown) {
      if (thrown instanceof InvariantBroken) throw thrown;
      const nextMs = clock.monotonic() - startMs + pauseMs;
      const isLast = count === rulesLimits.attemptsMax || nextMs > rulesLimits.attemptsWithinMs;
      if (!(thrown instanceof WorldError) || isLast) return errorText(thrown);
    }
    await pause(clock, pauseMs);
    pauseMs *= 2;
  }
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
