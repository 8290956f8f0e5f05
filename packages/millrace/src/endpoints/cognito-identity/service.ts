/**
 * The endpoint of identity pools (JSON 1.1): which operations there are, and the wire form of
 * errors. None of them needs a signature, as on AWS: they are how a browser comes to credentials.
 */

import { type JsonError, jsonAnswer, jsonErrorAnswer } from "../../aws/mod.ts";
import type { Logins } from "../../identity/mod.ts";
import { parseJson, readBody } from "../body.ts";
import { identityBodyBytesMax } from "../limits.ts";
import { noteUnproved } from "../logins.ts";
import type { IdentityCall } from "../ports.ts";
import { answerOrFail } from "../unforeseen.ts";
import { getCredentialsForIdentity } from "./GetCredentialsForIdentity.ts";
import { getId } from "./GetId.ts";
import { getOpenIdToken } from "./GetOpenIdToken.ts";
import { isGuest, isJsonObject, type PoolOperation, type PoolProblem } from "./operation.ts";

export const poolService = "AWSCognitoIdentityService";

const operations: ReadonlyMap<string, PoolOperation> = new Map([
  ["GetCredentialsForIdentity", getCredentialsForIdentity],
  ["GetId", getId],
  ["GetOpenIdToken", getOpenIdToken],
]);

/** Answers an operation of identity pools; one that is not there is refused by name. */
export function answerPools(call: IdentityCall, operationName: string): Promise<Response> {
  const { requestId } = call;
  const fail = () => jsonErrorAnswer(failed, { version: "1.1", requestId });
  return answerOrFail(call, () => answerOperation(call, operationName), fail);
}

async function answerOperation(call: IdentityCall, operationName: string): Promise<Response> {
  const { requestId, request, ports, client } = call;
  const options = { version: "1.1", requestId } as const;
  const operation = operations.get(operationName);
  if (!operation) return jsonErrorAnswer(unknownOperation(operationName), options);
  const body = await readBody(request, identityBodyBytesMax);
  if (!body) return jsonErrorAnswer(bodyTooLarge, options);
  const input = parseJson(body);
  if (!isJsonObject(input)) return jsonErrorAnswer(notJson, options);
  if (proves(input) && (await ports.attempts.wait(client.ip)) === false) {
    return jsonErrorAnswer(throttled, options);
  }
  const outcome = await operation(ports.identities, input, client);
  if ("body" in outcome) return jsonAnswer(outcome.body, options);
  const { problem } = outcome;
  if (problem.kind === "no-role") {
    const { poolId, why } = problem;
    ports.logger.warn("an identity got no credentials", { poolId, reason: why });
  }
  if (problem.kind === "token") {
    noteUnproved(call, { action: `cognito-identity:${operationName}`, ...problem });
  }
  return jsonErrorAnswer(wireError(problem), options);
}

/** A guest brings no token, so there is nothing that it could guess. */
function proves({ Logins: logins }: Readonly<Record<string, unknown>>): boolean {
  return isJsonObject(logins) && !isGuest(logins as Logins);
}

function wireError(problem: PoolProblem): JsonError {
  switch (problem.kind) {
    case "invalid":
      return { status: 400, type: "ValidationException", message: problem.message };
    case "no-pool":
      return notFound(`IdentityPool '${problem.poolId}' not found.`);
    case "no-identity":
      return notFound(`Identity '${problem.identityId}' not found.`);
    case "no-guests":
      return notAuthorized("Unauthenticated access is not supported for this identity pool.");
    case "login-missing":
      return notAuthorized(`Access to Identity '${problem.identityId}' is forbidden.`);
    case "other-login":
      return notAuthorized(
        problem.isGuest
          ? "The identity of a guest is not linked to a login here: ask GetId with 'Logins'"
          : "Logins don't match. Please include at least one valid login for this identity.",
      );
    case "custom-role":
      return invalidParameter("The custom role is not one that the token offers.");
    case "no-provider":
      return notAuthorized("Token is not from a supported provider of this identity pool.");
    case "several-logins":
      return invalidParameter("More than one login in 'Logins' is not implemented");
    case "token":
      return tokenError(problem);
    case "no-classic-flow":
      return invalidParameter("Basic (classic) flow is not enabled, please use enhanced flow.");
    default:
      return {
        status: 400,
        type: "InvalidIdentityPoolConfigurationException",
        message: "Invalid identity pool configuration. Check assigned IAM roles for this pool.",
      };
  }
}

function tokenError({ provider, problem }: Extract<PoolProblem, { kind: "token" }>): JsonError {
  if (problem.kind === "unreachable") {
    const message = `Could not retrieve the keys of '${provider}'`;
    return { status: 400, type: "ExternalServiceException", message };
  }
  return notAuthorized(`Invalid login token: ${problem.reason}`);
}

function notAuthorized(message: string): JsonError {
  return { status: 400, type: "NotAuthorizedException", message };
}

function notFound(message: string): JsonError {
  return { status: 400, type: "ResourceNotFoundException", message };
}

function invalidParameter(message: string): JsonError {
  return { status: 400, type: "InvalidParameterException", message };
}

function unknownOperation(name: string): JsonError {
  const message = `The operation "${name}" of identity pools is not implemented`;
  return { status: 400, type: "UnknownOperationException", message };
}

const failed: JsonError = {
  status: 500,
  type: "InternalErrorException",
  message: "The service encountered an error during processing the request.",
};

const throttled: JsonError = {
  status: 400,
  type: "TooManyRequestsException",
  message: "Too many failed attempts",
};

const bodyTooLarge: JsonError = {
  status: 413,
  type: "RequestEntityTooLargeException",
  message: `The request is larger than ${identityBodyBytesMax} bytes`,
};

const notJson: JsonError = {
  status: 400,
  type: "SerializationException",
  message: "The request body is not a JSON object",
};
