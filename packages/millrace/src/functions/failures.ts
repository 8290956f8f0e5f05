/**
 * What a caller reads when a function failed for a reason the handler did not state itself.
 *
 * The one table of such errors; the texts are Lambda's, so that what matches on them keeps working.
 */

import { utf8 } from "../base/mod.ts";
import { responseBytesMax } from "./limits.ts";

export interface Failure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

export const timedOutType = "Sandbox.Timedout";

/** `seconds` is the limit that was passed. */
export function timedOut(requestId: string, seconds: number): Failure {
  return {
    errorType: timedOutType,
    errorMessage: describe(requestId, `Task timed out after ${seconds.toFixed(2)} seconds`),
  };
}

/** As the system says it: a code, or the signal that ended the process. */
export interface Exit {
  readonly exitCode: number | null;
  readonly signalCode: string | number | null;
}

/** A process that ends itself in order says nothing of why. */
export function exited(requestId: string, { exitCode, signalCode }: Exit): Failure {
  const error = signalCode
    ? `signal: ${signalNames[signalCode] ?? signalCode}`
    : `exit status ${exitCode}`;
  const isSilent = exitCode === 0 && !signalCode;
  const what = isSilent ? "exited without providing a reason" : `exited with error: ${error}`;
  return { errorType: "Runtime.ExitError", errorMessage: describe(requestId, `Runtime ${what}`) };
}

/** As Lambda's messages spell them. */
const signalNames: Readonly<Record<string, string>> = {
  SIGABRT: "aborted",
  SIGBUS: "bus error",
  SIGFPE: "floating point exception",
  SIGHUP: "hangup",
  SIGILL: "illegal instruction",
  SIGINT: "interrupt",
  SIGKILL: "killed",
  SIGPIPE: "broken pipe",
  SIGQUIT: "quit",
  SIGSEGV: "segmentation fault",
  SIGTERM: "terminated",
  SIGTRAP: "trace/breakpoint trap",
};

/** The machine did not give us a process; why is for the log, as it names the machine's files. */
export const cannotStart: Failure = {
  errorType: "Runtime.StartError",
  errorMessage: "Cannot start a process; the log says why",
};

/** The process left a call without an answer and asked for the next one. */
export function unanswered(requestId: string): Failure {
  return {
    errorType: "Runtime.InvalidResponse",
    errorMessage: describe(requestId, "Runtime asked for the next event without answering"),
  };
}

const tooLarge = "Response payload size exceeded maximum allowed payload size";

export const responseTooLarge: Failure = {
  errorType: "Function.ResponseSizeTooLarge",
  errorMessage: `${tooLarge} (${responseBytesMax} bytes).`,
};

export const throttled: Failure = {
  errorType: "TooManyRequestsException",
  errorMessage: "Rate Exceeded.",
};

/** There is such a function, and what is kept of it does not make a program. */
export const notReady: Failure = {
  errorType: "ServiceException",
  errorMessage: "The function could not be made ready at the start; the log says why",
};

export const closing: Failure = {
  errorType: "ServiceException",
  errorMessage: "The server is closing",
};

/** As the caller of the function reads it. */
export function encodeFailure(failure: Failure): Uint8Array {
  return utf8(JSON.stringify(failure));
}

function describe(requestId: string, what: string): string {
  return `RequestId: ${requestId} Error: ${what}`;
}
