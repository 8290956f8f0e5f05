/** What an operation of iotdata answers, and the one place where that becomes HTTP. */

import { restErrorAnswer } from "../../aws/mod.ts";

const statuses = {
  InvalidRequestException: 400,
  ForbiddenException: 403,
  ResourceNotFoundException: 404,
  MethodNotAllowedException: 405,
  RequestEntityTooLargeException: 413,
  ThrottlingException: 429,
  ServiceUnavailableException: 503,
  GatewayTimeoutException: 504,
} as const;

export type ErrorType = keyof typeof statuses;

export interface Failure {
  readonly type: ErrorType;
  readonly message: string;
}

export type Outcome = Failure | { readonly body: object | undefined };

export function failure(type: ErrorType, message: string): Failure {
  return { type, message };
}

/** A body as JSON, or none; a failure with its message, its name in `x-amzn-ErrorType`. */
export function answerOf(outcome: Outcome, requestId: string): Response {
  if ("type" in outcome) {
    const { type, message } = outcome;
    const body = { message, traceId: requestId };
    return restErrorAnswer({ status: statuses[type], type, body }, requestId);
  }
  const headers = { "x-amzn-requestid": requestId };
  if (!outcome.body) return new Response(null, { headers });
  return Response.json(outcome.body, { headers });
}
