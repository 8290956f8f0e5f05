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

/** `seconds` is the limit that was passed. */
export function timedOut(requestId: string, seconds: number): Failure {
  return {
    errorType: "Sandbox.Timedout",
    errorMessage: describe(requestId, `Task timed out after ${seconds.toFixed(2)} seconds`),
  };
}

/** `how` is `exit status 1` or `signal: killed`. */
export function exited(requestId: string, how: string): Failure {
  return {
    errorType: "Runtime.ExitError",
    errorMessage: describe(requestId, `Runtime exited with error: ${how}`),
  };
}

/** The machine did not give us a process. */
export function cannotStart(reason: string): Failure {
  return { errorType: "Runtime.StartError", errorMessage: `Cannot start a process: ${reason}` };
}

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
