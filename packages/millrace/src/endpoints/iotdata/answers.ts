/** What an operation of iotdata answers, and the one place where that becomes HTTP. */

import { restErrorAnswer } from "../../aws/mod.ts";

const statuses = {
  InvalidRequestException: 400,
  ForbiddenException: 403,
  ResourceNotFoundException: 404,
  MethodNotAllowedException: 405,
  ConflictException: 409,
  RequestEntityTooLargeException: 413,
  UnsupportedDocumentEncodingException: 415,
  ThrottlingException: 429,
  InternalFailureException: 500,
  ServiceUnavailableException: 503,
  GatewayTimeoutException: 504,
} as const;

export type ErrorType = keyof typeof statuses;

export interface Failure {
  readonly type: ErrorType;
  readonly message: string;
}

/** `json`: a body that is JSON already. */
export type Outcome = Failure | { readonly body: object | undefined } | { readonly json: string };

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
  const headers: Record<string, string> = { "x-amzn-requestid": requestId };
  if ("json" in outcome) {
    headers["content-type"] = "application/json";
    return new Response(outcome.json, { headers });
  }
  if (!outcome.body) return new Response(null, { headers });
  return Response.json(outcome.body, { headers });
}
