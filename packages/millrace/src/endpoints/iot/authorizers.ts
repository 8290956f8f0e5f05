/** Custom authorizers on the wire: their operations, shapes and problems. */

import { decodeLabel, formatArn, parseArn } from "../../aws/mod.ts";
import { memberOf } from "../../base/mod.ts";
import type {
  Authorizer,
  AuthorizerChange,
  AuthorizerProblem,
  AuthorizerResult,
  AuthorizerStatus,
} from "../../identity/mod.ts";
import {
  type ErrorType,
  type Failure,
  failure,
  invalid,
  type Outcome,
  wireSeconds,
} from "./answers.ts";
import type { IotCall } from "./operation.ts";

export function authorizerArn({ ports }: IotCall, name: string): string {
  const { region, accountId: account } = ports.account;
  const resource = `authorizer/${name}`;
  return formatArn({ partition: "aws", service: "iot", region, account, resource });
}

/** The name in the path, or what is wrong with it. */
export function readAuthorizerName({ label }: IotCall): string | Failure {
  const name = decodeLabel(label);
  if (name === undefined) return invalid("The authorizer's name is not percent-encoded UTF-8");
  return name;
}

/** As Create, Update and SetDefault answer. */
export function authorizerNamed(call: IotCall, { name }: Authorizer): object {
  return { authorizerName: name, authorizerArn: authorizerArn(call, name) };
}

/** As both Describe operations answer. */
export function authorizerDescription(call: IotCall, authorizer: Authorizer): object {
  return {
    ...authorizerNamed(call, authorizer),
    authorizerFunctionArn: authorizer.functionArn,
    tokenKeyName: authorizer.tokenKeyName,
    tokenSigningPublicKeys: authorizer.tokenSigningPublicKeys,
    status: authorizer.status,
    creationDate: wireSeconds(authorizer.createdAtMs),
    lastModifiedDate: wireSeconds(authorizer.changedAtMs),
    signingDisabled: authorizer.signingDisabled,
    enableCachingForHttp: authorizer.enableCachingForHttp,
  };
}

const problems: Readonly<Record<AuthorizerProblem["kind"], ErrorType>> = {
  missing: "ResourceNotFoundException",
  exists: "ResourceAlreadyExistsException",
  invalid: "InvalidRequestException",
  conflict: "DeleteConflictException",
};

export function outcomeOfAuthorizer(
  result: AuthorizerResult,
  bodyOf: (authorizer: Authorizer) => object,
): Outcome {
  if (result.ok) return { body: bodyOf(result.authorizer) };
  const { kind, reason } = result.problem;
  return failure(problems[kind], reason);
}

const changeable = [
  "authorizerFunctionArn",
  "tokenKeyName",
  "tokenSigningPublicKeys",
  "status",
  "enableCachingForHttp",
] as const;

type Body = Readonly<Record<string, unknown>>;

interface Reading {
  readonly operation: string;
  /** Members besides those that Create and Update have in common. */
  readonly more?: readonly string[];
}

/** What Create and Update have in common; a member that is not known is refused by name. */
export function readAuthorizer(
  { ports }: IotCall,
  body: Body,
  { operation, more = [] }: Reading,
): AuthorizerChange | Failure {
  const known = [...changeable, ...more];
  const unknown = Object.keys(body).find((name) => !known.includes(name));
  if (unknown !== undefined) return invalid(`"${unknown}" of ${operation} is not implemented`);
  const { tokenSigningPublicKeys: keys } = body;
  if (keys !== undefined && !isTextMap(keys)) {
    return invalid('"tokenSigningPublicKeys" is no map of texts');
  }
  for (const [name, form] of Object.entries(forms)) {
    const value = memberOf(body, name);
    if (value !== undefined && typeof value !== form) return invalid(`"${name}" is no ${form}`);
  }
  const { status, authorizerFunctionArn: functionArn } = body;
  const { region, accountId } = ports.account;
  const arn = parseArn(String(functionArn));
  const isHere = arn?.region === region && arn.account === accountId;
  if (arn?.service === "lambda" && !isHere) {
    return invalid(`"${functionArn}" is no function of this account and region`);
  }
  if (status !== undefined && status !== "ACTIVE" && status !== "INACTIVE") {
    return invalid('"status" is neither ACTIVE nor INACTIVE');
  }
  return {
    ...given("functionArn", functionArn as string | undefined),
    ...given("tokenKeyName", body.tokenKeyName as string | undefined),
    ...given<"status", AuthorizerStatus>("status", status),
    ...given("enableCachingForHttp", body.enableCachingForHttp as boolean | undefined),
    tokenSigningPublicKeys: keys,
  };
}

const forms = {
  authorizerFunctionArn: "string",
  tokenKeyName: "string",
  status: "string",
  enableCachingForHttp: "boolean",
  signingDisabled: "boolean",
} as const;

function given<N extends string, T>(name: N, value: T | undefined): { [K in N]?: T } {
  return (value === undefined ? {} : { [name]: value }) as { [K in N]?: T };
}

export function isTextMap(value: unknown): value is Readonly<Record<string, string>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  return Object.values(value).every((one) => typeof one === "string");
}
