/** What an operation of iot answers, and the one place where that becomes HTTP. */

import { restErrorAnswer } from "../../aws/mod.ts";

const statuses = {
  CertificateValidationException: 400,
  InvalidRequestException: 400,
  MalformedPolicyException: 400,
  RegistrationCodeValidationException: 400,
  InvalidResponseException: 400,
  SqlParseException: 400,
  UnauthorizedException: 401,
  ResourceNotFoundException: 404,
  UnknownOperationException: 404,
  MethodNotAllowedException: 405,
  CertificateStateException: 406,
  CertificateConflictException: 409,
  DeleteConflictException: 409,
  ResourceAlreadyExistsException: 409,
  VersionConflictException: 409,
  VersionsLimitExceededException: 409,
  LimitExceededException: 410,
  ServiceUnavailableException: 503,
} as const;

export type ErrorType = keyof typeof statuses;

export interface Failure {
  readonly type: ErrorType;
  readonly message: string;
  /** Further members of the body. */
  readonly members?: Readonly<Record<string, string>>;
}

/** Without a body there is nothing to say but that it is done. */
export type Outcome = Failure | { readonly body?: object };

export const done: Outcome = {};

export function failure(type: ErrorType, message: string, members = {}): Failure {
  return { type, message, members };
}

export function invalid(message: string): Failure {
  return failure("InvalidRequestException", message);
}

/** A body as JSON, or none; a failure with its message, its name in `x-amzn-ErrorType`. */
export function answerOf(outcome: Outcome, requestId: string): Response {
  if ("type" in outcome) {
    const { type, message, members } = outcome;
    return restErrorAnswer(
      { status: statuses[type], type, body: { message, ...members } },
      requestId,
    );
  }
  const headers = { "x-amzn-requestid": requestId };
  if (!outcome.body) return new Response(null, { headers });
  return Response.json(outcome.body, { headers });
}

/** A timestamp of the wire: seconds since the epoch, as a number. */
export function wireSeconds(ms: number): number {
  return Math.floor(ms / 1000);
}
