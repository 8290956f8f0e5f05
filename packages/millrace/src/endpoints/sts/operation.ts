/** The shape of an operation file: parameters and caller in, the result or an error out. */

import type { Caller, Identities, LoginProblem } from "../../identity/mod.ts";

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

/** `RoleSessionName`, or an error. */
export function readSessionName(
  parameters: ReadonlyMap<string, string>,
): string | { readonly error: QueryError } {
  const sessionName = parameters.get("RoleSessionName") ?? "";
  if (/^[\w+=,.@-]{2,64}$/.test(sessionName)) return sessionName;
  return validationError(
    `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to ` +
      "satisfy constraint: Member must satisfy regular expression pattern: [\\w+=,.@-]{2,64}",
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
  return validationError(
    `1 validation error detected: Value '${text}' at 'durationSeconds' failed to satisfy ` +
      `constraint: ${demand}`,
  );
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
