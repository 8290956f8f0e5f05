/**
 * One call of a function and how it went: as callers say and hear it, and as pool, environment and
 * Runtime API hand it to each other.
 */

import type { ThrottleReason } from "./concurrency/concurrency.ts";

export interface InvokeOptions {
  /** `$LATEST`, a version or an alias; absent: the function as it is now. */
  readonly qualifier?: string | undefined;
  /** JSON, for the handler's context. */
  readonly clientContext?: string | undefined;
  /** Takes an answer in pieces, where the handler gives it so; `payload` is then empty. */
  readonly onPiece?: TakePiece | undefined;
  /** Gets the version that runs the call, before it does. */
  readonly onVersion?: ((version: string) => void) | undefined;
  /** Whether the answer waits for the end of the call's log, and brings it. */
  readonly wantsLogTail?: boolean | undefined;
  /** A UUID; absent: a new one. */
  readonly requestId?: string | undefined;
}

export type InvokeResult =
  | { readonly found: false }
  | {
      readonly found: true;
      readonly requestId: string;
      readonly payload: Uint8Array;
      readonly functionError?: "Unhandled" | "Handled";
      readonly logTail: Uint8Array;
      /** The one that ran: `$LATEST` or a number. */
      readonly version: string;
      /** The call never ran, because too many are running; `payload` says so as an error. */
      readonly throttled?: ThrottleReason;
      /** The call did not run, or not to its end, for reasons of this machine alone. */
      readonly unavailable?: true;
    };

export interface Call {
  /** A UUID; new for each call, the same for each try of an asynchronous one. */
  readonly requestId: string;
  /** The event: JSON, as a text or in UTF-8. */
  readonly payload: string | Uint8Array;
  /** `Root=1-...`, as in the header `X-Amzn-Trace-Id`. */
  readonly traceId: string;
  /** Ends in the qualifier that the call came with, where it came with one. */
  readonly functionArn: string;
  /** JSON, for the handler's context. */
  readonly clientContext?: string | undefined;
  /**
   * Takes the pieces of an answer that comes in pieces, one after the other; the outcome is then
   * empty. Absent: they are put together.
   */
  readonly onPiece?: TakePiece | undefined;
  /** The outcome waits until the call's log is complete; else it comes first, without its tail. */
  readonly wantsLogTail?: boolean | undefined;
}

/** `contentType` is that of the whole answer, as the runtime names it. */
export type TakePiece = (piece: Uint8Array, contentType: string) => Promise<void>;

export interface Outcome {
  /** The answer, or the error's JSON. */
  readonly payload: Uint8Array;
  readonly functionError?: "Unhandled" | "Handled";
  /** Present when the call never ran, because too many are running or waiting. */
  readonly throttled?: ThrottleReason;
  /** The call never ran, or not to its end, for reasons of this machine alone. */
  readonly unavailable?: true;
  /** The end of the call's log, at most 4 kB of whole text; empty unless it was asked for. */
  readonly logTail: Uint8Array;
}
