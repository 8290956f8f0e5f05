/** What an error action is given: one JSON object for all failed actions of a rule on a message. */

import { toBase64, utf8 } from "../base/mod.ts";
import type { Output } from "../sql/mod.ts";
import type { Rule } from "./load.ts";
import type { RuleContext } from "./message.ts";

export interface FailedAction {
  /** E.g. `S3Action`. */
  readonly name: string;
  /** E.g. `s3`. */
  readonly kind: string;
  readonly resource: string;
  readonly reason: string;
}

/** The members and their names are AWS's; the client of a message that came over HTTP is `N/A`. */
export function errorOutput(
  { name }: Rule,
  failed: readonly FailedAction[],
  context: RuleContext,
): Output {
  const topic = context.receivedOn;
  const value = {
    ruleName: name,
    topic,
    cloudwatchTraceId: context.causeId,
    clientId: context.clientId ?? "N/A",
    base64OriginalPayload: toBase64(context.payload.bytes),
    failures: failed.map((failure) => ({
      failedAction: failure.name,
      failedResource: failure.resource,
      errorMessage: errorMessageOf(failure, topic),
    })),
  };
  return { value, bytes: utf8(JSON.stringify(value)) };
}

function errorMessageOf({ reason, kind, resource }: FailedAction, topic: string): string {
  return `${reason}. Message arrived on: ${topic}, Action: ${kind}, Resource: ${resource}`;
}
