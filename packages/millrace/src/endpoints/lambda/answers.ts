/** How Lambda says no: the one table from kinds of refusal to names and statuses on the wire. */

import { restErrorAnswer } from "../../aws/mod.ts";
import { textOf } from "../../base/mod.ts";
import type { ControlError, ThrottleReason } from "../../functions/mod.ts";
import type { AdmittedCall, Call } from "../ports.ts";
import { type Asked, needsOf } from "./rights.ts";

export interface Refusal {
  readonly status: number;
  readonly type: string;
  readonly message: string;
  /** Why a call is throttled. */
  readonly reason?: ThrottleReason | undefined;
}

const controlErrors: Readonly<Record<ControlError["kind"], Omit<Refusal, "message">>> = {
  "not-found": { status: 404, type: "ResourceNotFoundException" },
  conflict: { status: 409, type: "ResourceConflictException" },
  invalid: { status: 400, type: "InvalidParameterValueException" },
  outdated: { status: 412, type: "PreconditionFailedException" },
  "too-large": { status: 413, type: "RequestTooLargeException" },
};

export function refusalOf({ kind, message }: ControlError): Refusal {
  return { ...controlErrors[kind], message };
}

/** Which members an error has, and how they are spelled, differs from one to the next. */
const capital = new Set(["ResourceNotFoundException", "ServiceException", "AccessDeniedException"]);
const untyped = new Set(["ValidationException", "AccessDeniedException"]);

export function refuse({ requestId }: Pick<Call, "requestId">, refusal: Refusal): Response {
  const { status, type, message, reason } = refusal;
  const named = capital.has(type) ? { Message: message } : { message };
  const who = untyped.has(type) ? {} : { Type: status >= 500 ? "Service" : "User" };
  const body = { ...(reason && { Reason: reason }), ...who, ...named };
  const answer = restErrorAnswer({ status, type, body }, requestId);
  if (status === 429) answer.headers.set("retry-after", "1");
  return answer;
}

/** What is said to a caller who may not do it; `undefined` when it may. */
export function denied({ ports, refusal }: AdmittedCall, asked: Asked): Refusal | undefined {
  const { account } = ports.identities;
  const functionOfMapping = (id: string) => {
    const { functionName, qualifier } = ports.triggers.get(id)?.mapping ?? {};
    return qualifier === undefined ? functionName : `${functionName}:${qualifier}`;
  };
  const house = { account, policyOf: ports.functionPolicyOf, functionOfMapping };
  const message = refusal(needsOf(asked, house));
  return message === undefined
    ? undefined
    : { status: 403, type: "AccessDeniedException", message };
}

export function invalidParameter(message: string): Refusal {
  return { status: 400, type: "InvalidParameterValueException", message };
}

export function notFound(message: string): Refusal {
  return { status: 404, type: "ResourceNotFoundException", message };
}

export function tooLarge(bytesMax: number, operation: string): Refusal {
  const message = `Request must be smaller than ${bytesMax} bytes for the ${operation} operation`;
  return { status: 413, type: "RequestTooLargeException", message };
}

export function tooMany(message: string, reason?: ThrottleReason): Refusal {
  return { status: 429, type: "TooManyRequestsException", message, reason };
}

/** The machine failed, not the function: the caller may try again. */
export function unavailable(failure: Uint8Array): Refusal {
  const { errorMessage } = JSON.parse(textOf(failure));
  return serviceError(errorMessage);
}

export function serviceError(message: string): Refusal {
  return { status: 500, type: "ServiceException", message };
}

export const notJson: Refusal = {
  status: 400,
  type: "InvalidRequestContentException",
  message: "Could not parse request body into json",
};
