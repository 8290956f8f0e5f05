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

export interface Attempted {
  readonly action: Action;
  readonly input: ActionInput;
  /** Of the clock that only goes on. */
  readonly startMs: number;
}

/**
 * What became of the action after its last attempt. No promise where nothing had to be waited for:
 * a rule that republishes to those who are there is done at once.
 */
export function performWithRetries(attempted: Attempted): ActionEnd | Promise<ActionEnd> {
  const { action, input } = attempted;
  let prepared: Prepared | Promise<Prepared>;
  try {
    prepared = action.prepare(input);
  } catch (thrown) {
    return unprepared(attempted, thrown);
  }
  if (!(prepared instanceof Promise)) return attempt(prepared, attempted);
  return prepared.then(
    (ready) => attempt(ready, attempted),
    (thrown) => unprepared(attempted, thrown),
  );
}

function unprepared({ action }: Attempted, thrown: unknown): ActionEnd {
  if (thrown instanceof InvariantBroken) throw thrown;
  return { resource: action.resource, reason: errorText(thrown) };
}

function attempt(prepared: Prepared, attempted: Attempted): ActionEnd | Promise<ActionEnd> {
  const { resource } = prepared;
  try {
    const reason = prepared.perform();
    if (!(reason instanceof Promise)) return { resource, reason };
    return reason.then(
      (later) => ({ resource, reason: later }),
      (thrown) => attemptAgain(prepared, attempted, thrown),
    );
  } catch (thrown) {
    return attemptAgain(prepared, attempted, thrown);
  }
}

/** After the first attempt has failed. */
async function attemptAgain(
  prepared: Prepared,
  { input, startMs }: Attempted,
  first: unknown,
): Promise<ActionEnd> {
  const { clock } = input;
  const { resource } = prepared;
  let thrown = first;
  let pauseMs: number = rulesLimits.firstPauseMs;
  for (let count = 1; ; count += 1) {
    if (thrown instanceof InvariantBroken) throw thrown;
    const nextMs = clock.monotonic() - startMs + pauseMs;
    const isLast = count === rulesLimits.attemptsMax || nextMs > rulesLimits.attemptsWithinMs;
    if (!(thrown instanceof WorldError) || isLast) return { resource, reason: errorText(thrown) };
    await pause(clock, pauseMs);
    pauseMs *= 2;
    try {
      return { resource, reason: await prepared.perform() };
    } catch (next) {
      thrown = next;
    }
  }
}

function pause(clock: Clock, delayMs: number): Promise<void> {
  return new Promise((resolve) => {
    clock.after(delayMs, resolve);
  });
}
