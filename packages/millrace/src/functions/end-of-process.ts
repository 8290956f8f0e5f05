/** How a process ended, and what its calls, or its start, are told of that. */

import type { Call, Outcome } from "./call.ts";
import * as failures from "./failures.ts";
import { encodeFailure, type Failure } from "./failures.ts";

/** The error's JSON, in the words for the given call. */
export type StartFailure = (requestId: string) => Uint8Array;

/** Why an environment did not start; it may be the machine's trouble, and not the function's. */
export interface StartTrouble {
  readonly failure: StartFailure;
  readonly unavailable?: true;
  /** It took longer than this, in milliseconds. */
  readonly tookMsMax?: number;
}

export interface EndOfProcess {
  readonly exit: failures.Exit;
  /** The time of its start, or of its call, was over. */
  readonly timedOut: boolean;
  /** It took more memory than its function may. */
  readonly overMemory: boolean;
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

export interface FailedStart {
  /** What the process said of it itself. */
  readonly initError: Uint8Array | undefined;
  readonly startMsMax: number;
}

/** What calls that waited for it are told; in Lambda's words where the process said nothing. */
export function startTroubleOf(
  end: EndOfProcess,
  { initError, startMsMax }: FailedStart,
): StartTrouble {
  const describe = (requestId: string): Failure =>
    end.timedOut
      ? failures.timedOut(requestId, startMsMax / 1000)
      : failures.exited(requestId, end.exit);
  const failure: StartFailure = (requestId) => initError ?? encodeFailure(describe(requestId));
  return { failure, ...excuseOf(end), ...(end.timedOut && { tookMsMax: startMsMax }) };
}

/** Why it ended, for the server's own log. */
export function reasonOf(
  { exit, timedOut, overMemory }: EndOfProcess,
  { seconds, memoryMegabytes }: { readonly seconds: number; readonly memoryMegabytes: number },
): string {
  if (timedOut) return `it took longer than ${seconds} s`;
  if (overMemory) return `it took more than its ${memoryMegabytes} MB of memory`;
  return exit.signalCode ? `signal ${exit.signalCode}` : `exit status ${exit.exitCode}`;
}

/** It is no failure of the function. */
export type Excuse = Pick<Outcome, "unavailable">;

/** A machine that goes down, or a supervisor, asks every process to end; we never ask. */
export function excuseOf({ exit, timedOut, ending }: EndOfProcess): Excuse {
  const isMachines = !timedOut && (ending || exit.signalCode === "SIGTERM");
  return isMachines ? { unavailable: true } : {};
}
