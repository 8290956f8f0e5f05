/** The record of an asynchronous call that its destination gets as an event. */

import { textOf, utf8 } from "../../base/mod.ts";
import type { AsyncEvent } from "./event.ts";

export type Condition = "Success" | "RetriesExhausted" | "EventAgeExceeded";

/** What the last try came to; absent where none was made. */
export interface LastAnswer {
  readonly payload: Uint8Array;
  readonly functionError?: "Unhandled" | "Handled" | undefined;
  readonly version: string;
}

export interface RecordParts {
  readonly event: AsyncEvent;
  readonly payload: Uint8Array;
  /** Without a qualifier. */
  readonly functionArn: string;
  readonly condition: Condition;
  readonly invokeCount: number;
  readonly answer: LastAnswer | undefined;
  readonly nowMs: number;
}

/** Version 1.0 of Lambda's invocation record, as JSON. */
export function writeInvocationRecord(parts: RecordParts): Uint8Array {
  const { event, functionArn, condition, invokeCount, answer, nowMs } = parts;
  const qualifier = event.qualifier ?? "$LATEST";
  return utf8(
    JSON.stringify({
      version: "1.0",
      timestamp: new Date(nowMs).toISOString(),
      requestContext: {
        requestId: event.requestId,
        functionArn: `${functionArn}:${qualifier}`,
        condition,
        approximateInvokeCount: invokeCount,
      },
      requestPayload: parseOrText(parts.payload),
      ...(answer && {
        responseContext: {
          statusCode: 200,
          executedVersion: answer.version,
          ...(answer.functionError && { functionError: answer.functionError }),
        },
        responsePayload: parseOrText(answer.payload),
      }),
    }),
  );
}

/** What a process answers need not be JSON; then it is given as text. */
function parseOrText(bytes: Uint8Array): unknown {
  const text = textOf(bytes);
  try {
    return JSON.parse(text);
  } catch {
    return text; // JSON.parse has no other way to say no
  }
}
