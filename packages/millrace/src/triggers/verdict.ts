/**
 * What the answer to a call means for its batch.
 *
 * With item failures reported, nothing, an empty object, and an empty or missing list are success;
 * an identifier that is missing, empty or none of the batch's makes all of it fail; of several the
 * first in the stream's order counts. [Lambda: Configuring partial batch response with DynamoDB]
 */

import { textOf } from "../base/mod.ts";
import type { CallResult, StreamRecord } from "./ports.ts";

export type Verdict =
  | { readonly kind: "done" }
  | {
      readonly kind: "failed";
      /** Of the first record that is to be tried again; those before it are done. */
      readonly from: number;
      readonly reason: string;
      /** Absent when the function did not run: that uses up no attempt. */
      readonly answer?: Extract<CallResult, { kind: "answered" }> | undefined;
    };

export function judge(
  result: CallResult,
  records: readonly StreamRecord[],
  reportsItemFailures: boolean,
): Verdict {
  if (result.kind === "not-run") return { kind: "failed", from: 0, reason: result.reason };
  if (result.functionError !== undefined) {
    return { kind: "failed", from: 0, reason: errorOf(result.payload), answer: result };
  }
  if (!reportsItemFailures) return { kind: "done" };
  const found = firstFailure(parse(result.payload), records);
  return found === undefined ? { kind: "done" } : { kind: "failed", ...found, answer: result };
}

interface Failure {
  readonly from: number;
  readonly reason: string;
}

function firstFailure(answer: unknown, records: readonly StreamRecord[]): Failure | undefined {
  if (answer === null || answer === undefined || answer === "") return undefined;
  if (typeof answer !== "object" || Array.isArray(answer)) {
    return { from: 0, reason: "the function's answer is no object with batchItemFailures" };
  }
  const { batchItemFailures: list = null } = answer as Record<string, unknown>;
  if (list === null) return undefined;
  if (!Array.isArray(list)) return { from: 0, reason: "batchItemFailures is no list" };
  if (list.length === 0) return undefined;
  const places = new Map(records.map(({ sequence }, at) => [sequence, at]));
  let from = records.length;
  for (const item of list) {
    const identifier: unknown = item?.itemIdentifier;
    const at = typeof identifier === "string" ? places.get(identifier) : undefined;
    if (at === undefined) {
      const shown = JSON.stringify(identifier ?? null);
      return { from: 0, reason: `the itemIdentifier ${shown} is no record of the batch` };
    }
    from = Math.min(from, at);
  }
  return { from, reason: `the function reported ${list.length} of its records as failed` };
}

function parse(payload: Uint8Array): unknown {
  if (payload.length === 0) return null;
  try {
    return JSON.parse(textOf(payload));
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError)) throw thrown;
    return textOf(payload);
  }
}

/** What the function's error says, in one line. */
function errorOf(payload: Uint8Array): string {
  const error = parse(payload);
  if (typeof error !== "object" || error === null) return "the function failed";
  const { errorType, errorMessage } = error as Record<string, unknown>;
  return [errorType, errorMessage].filter((part) => part !== undefined).join(": ");
}
