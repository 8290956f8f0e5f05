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
  /** It was sent together with other messages. */
  readonly isBatched: boolean;
}

/**
 * The members and their names are AWS's. There is another form where messages are sent together;
 * each message is told of alone there too. The client of a message over HTTP is `N/A`.
 */
export function errorOutput(
  { name: ruleName }: Rule,
  failed: readonly FailedAction[],
  context: RuleContext,
): Output {
  const { receivedOn: topic, causeId: cloudwatchTraceId, clientId = "N/A", sourceIp } = context;
  const base64OriginalPayload = toBase64(context.payload.bytes);
  const failures = failed.map((failure) => failureOf(failure, topic));
  const isBatched = failed.some((failure) => failure.isBatched);
  const message = { cloudwatchTraceId, clientId, sourceIp, base64OriginalPayload };
  const value = isBatched
    ? {
        ruleName,
        topic,
        payloadsWithMetadata: [{ id: 1, ...message }],
        failures: failures.map((failure) => ({ affectedIds: [1], ...failure })),
      }
    : { ruleName, topic, cloudwatchTraceId, clientId, base64OriginalPayload, failures };
  return { value, bytes: utf8(JSON.stringify(value)) };
}

function failureOf({ name, kind, resource, reason }: FailedAction, topic: string) {
  const said = reason.replace(/\.$/, "");
  return {
    failedAction: name,
    failedResource: resource,
    errorMessage: `${said}. Message arrived on: ${topic}, Action: ${kind}, Resource: ${resource}`,
  };
}
