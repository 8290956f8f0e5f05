/** The shape of an operation file: parameters and caller in, the result or an error out. */

import { parseArn } from "../../aws/mod.ts";
import {
  type Caller,
  type Identities,
  type LoginProblem,
  lifetimes,
  readSessionPolicy,
} from "../../identity/mod.ts";

/** Members of the result, nested ones as objects; what is `undefined` is left out. */
export interface Members {
  readonly [name: string]: string | Members | undefined;
}

export interface QueryError {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

export type TokenOutcome = { readonly result: Members } | { readonly error: QueryError };

export interface TokenRequest {
  readonly identities: Identities;
  readonly caller: Caller;
  /** Without `Action` and `Version`. */
  readonly parameters: ReadonlyMap<string, string>;
}

export type TokenOperation = (request: TokenRequest) => TokenOutcome;

/** One that nobody needs a signature for; `unproved` is why a token was not believed. */
export type OpenOperation = (
  request: Omit<TokenRequest, "caller"> & { readonly sourceIp: string },
) => Promise<TokenOutcome & { readonly unproved?: LoginProblem }>;

type Parameters = ReadonlyMap<string, string>;
type Failed = { readonly error: QueryError };

/** What both ways of taking a role are asked for. */
export interface RoleParameters {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly seconds: number;
  /** The document that the session is to be limited by. */
  readonly policy?: object | undefined;
}

/** Checks that need no role; the first that fails is the error. [STS: AssumeRole] */
export function readRoleParameters(parameters: Parameters): RoleParameters | Failed {
  const roleArn = readRoleArn(parameters.get("RoleArn"));
  if (typeof roleArn !== "string") return roleArn;
  const sessionName = readSessionName(parameters.get("RoleSessionName"));
  if (typeof sessionName !== "string") return sessionName;
  const { roleMin: min, roleMost: max, roleDefault: preset } = lifetimes;
  const seconds = readDuration(parameters, { min, max, preset });
  if (typeof seconds !== "number") return seconds;
  const read = readPolicy(parameters.get("Policy"));
  return "error" in read ? read : { roleArn, sessionName, seconds, ...read };
}

/** What is told of a session that would be longer than the role allows. */
export const tooLong = validationError(
  "The requested DurationSeconds exceeds the MaxSessionDuration set for this role.",
);

function readRoleArn(roleArn: string | undefined): string | Failed {
  if (roleArn === undefined) return missingMember("roleArn");
  if (roleArn.length < roleArnCharactersMin) {
    const demand = `Member must have length greater than or equal to ${roleArnCharactersMin}`;
    return unfitMember("roleArn", roleArn, demand);
  }
  if (roleArn.length > roleArnCharactersMax) {
    const demand = `Member must have length less than or equal to ${roleArnCharactersMax}`;
    return unfitMember("roleArn", `${roleArn.slice(0, roleArnCharactersMin)}...`, demand);
  }
  return parseArn(roleArn) ? roleArn : validationError(`${roleArn} is invalid`);
}

const roleArnCharactersMin = 20;
const roleArnCharactersMax = 2_048;

function readSessionName(sessionName: string | undefined): string | Failed {
  if (sessionName === undefined) return missingMember("roleSessionName");
  if (/^[\w+=,.@-]{2,64}$/.test(sessionName)) return sessionName;
  const demand = "Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}";
  return unfitMember("roleSessionName", sessionName, demand);
}

function readPolicy(text: string | undefined): { readonly policy?: object } | Failed {
  if (text === undefined) return {};
  const read = readSessionPolicy(text);
  if (read.ok) return { policy: read.policy };
  if (read.kind === "too-large") {
    const message = "The packed size of the session policy exceeds what a session can hold";
    return { error: { status: 400, code: "PackedPolicyTooLarge", message } };
  }
  const { pointer, line, column, message } = read.problem;
  const place = line === undefined ? pointer : `${pointer} (line ${line}, column ${column})`;
  return {
    error: { status: 400, code: "MalformedPolicyDocument", message: `${place}: ${message}` },
  };
}

function missingMember(name: string): Failed {
  return validationError(
    `1 validation error detected: Value null at '${name}' failed to satisfy constraint: Member ` +
      "must not be null",
  );
}

/** A member that is none such, in the service's words. */
export function unfitMember(name: string, value: string, demand: string): Failed {
  return validationError(
    `1 validation error detected: Value '${value}' at '${name}' failed to satisfy constraint: ` +
      demand,
  );
}

export function validationError(message: string): { readonly error: QueryError } {
  return { error: { status: 400, code: "ValidationError", message } };
}

export function accessDenied(message: string): { readonly error: QueryError } {
  return { error: { status: 403, code: "AccessDenied", message } };
}

/** An error that names a parameter which is not among the known ones. */
export function unknownParameter(
  parameters: ReadonlyMap<string, string>,
  known: readonly string[],
): { readonly error: QueryError } | undefined {
  const unknown = [...parameters.keys()].find((name) => !known.includes(name));
  return unknown === undefined
    ? undefined
    : validationError(`The parameter '${unknown}' is not implemented`);
}

/** `DurationSeconds`, or an error; `preset` where it is absent. */
export function readDuration(
  parameters: ReadonlyMap<string, string>,
  bounds: { readonly min: number; readonly max: number; readonly preset: number },
): number | { readonly error: QueryError } {
  const text = parameters.get("DurationSeconds");
  if (text === undefined) return bounds.preset;
  const seconds = /^\d{1,6}$/.test(text) ? Number(text) : 0;
  if (seconds >= bounds.min && seconds <= bounds.max) return seconds;
  const { min, max } = bounds;
  const demand =
    seconds < min
      ? `Member must have value greater than or equal to ${min}`
      : `Member must have value less than or equal to ${max}`;
  return unfitMember("durationSeconds", text, demand);
}

/** Credentials as answers spell them. */
export function credentialsOf(issued: {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
  readonly expiresAtMs: number;
}): Members {
  return {
    AccessKeyId: issued.accessKeyId,
    SecretAccessKey: issued.secretAccessKey,
    SessionToken: issued.sessionToken,
    Expiration: new Date(issued.expiresAtMs).toISOString().replace(".000Z", "Z"),
  };
}
