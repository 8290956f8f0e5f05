/**
 * One action, tried again when the world was in the way. Only a broken invariant is thrown on: it
 * is not the action's failure, and ends the process.
 */

import { type Clock, errorText, InvariantBroken, WorldError } from "../base/mod.ts";
import type { Action, ActionInput, ActionProblem } from "./actions/action.ts";
import { rulesLimits } from "./limits.ts";

/** Why the action failed after its last attempt; `undefined` when it succeeded. */
export async function performWithRetries(
  action: Action,
  input: ActionInput,
  clock: Clock,
): Promise<ActionProblem> {
  const startMs = clock.monotonic();
  let pauseMs: number = rulesLimits.firstPauseMs;
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action.perform(input);
    } catch (thrown) {
      if (thrown instanceof InvariantBroken) throw thrown;
      const nextMs = clock.monotonic() - startMs + pauseMs;
      const isLast = attempt === rulesLimits.attemptsMax || nextMs > rulesLimits.attemptsWithinMs;
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
