/** How a process ended, and what its calls, or its start, are told of that. */

import type { Call, Outcome } from "./call.ts";
import * as failures from "./failures.ts";
import { encodeFailure, type Failure } from "./failures.ts";
import { initMsMax } from "./limits.ts";

/** The error's JSON, in the words for the given call. */
export type StartFailure = (requestId: string) => Uint8Array;

/** Why an environment did not start; it may be the machine's trouble, and not the function's. */
export interface StartTrouble {
  readonly failure: StartFailure;
  readonly unavailable?: true;
}

export interface EndOfProcess {
  readonly exit: failures.Exit;
  /** The time of its start, or of its call, was over. */
  readonly timedOut: boolean;
  /** The server wanted it gone. */
  readonly ending: boolean;
}

export function failureOfCall(
  { requestId }: Call,
  end: EndOfProcess,
  timeoutSeconds: number,
): Failure {
  if (end.timedOut) return failures.timedOut(requestId, timeoutSeconds);
  return end.ending ? failures.closing : failures.exited(requestId, end.exit);
}

/** `initError` is what the process said of it itself. */
export function startTroubleOf(end: EndOfProcess, initError: Uint8Array | undefined): StartTrouble {
  const describe = (requestId: string): Failure =>
    end.timedOut
      ? failures.timedOut(requestId, initMsMax / 1000)
      : failures.exited(requestId, end.exit);
  const failure: StartFailure = (requestId) => initError ?? encodeFailure(describe(requestId));
  return { failure, ...excuseOf(end) };
}

/** It is no failure of the function. */
export type Excuse = Pick<Outcome, "unavailable">;

/** A machine that goes down, or a supervisor, asks every process to end; we never ask. */
export function excuseOf({ exit, timedOut, ending }: EndOfProcess): Excuse {
  const isMachines = !timedOut && (ending || exit.signalCode === "SIGTERM");
  return isMachines ? { unavailable: true } : {};
}
