/** Outcomes of calls that did not begin, and how all are counted. */

import { noBytes } from "../base/mod.ts";
import type { Outcome } from "./call.ts";
import type { ThrottleReason } from "./concurrency/concurrency.ts";
import { closing, encodeFailure, type Failure, throttled } from "./failures.ts";

export function refuse(failure: Failure): Outcome {
  return { payload: encodeFailure(failure), functionError: "Unhandled", logTail: noBytes };
}

export function throttle(reason: ThrottleReason): Outcome {
  return { ...refuse(throttled), throttled: reason };
}

/** What runs calls is closing. */
export function refuseAtClose(): Outcome {
  return { ...refuse(closing), unavailable: true };
}

export function endOf({ throttled, functionError }: Outcome): "throttled" | "failed" | "succeeded" {
  if (throttled) return "throttled";
  return functionError ? "failed" : "succeeded";
}
