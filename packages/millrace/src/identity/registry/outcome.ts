/** What a request to the registry of devices comes to; `endpoints/` has AWS's names for it. */

export type ProblemKind =
  | "missing"
  | "exists"
  | "invalid"
  /** Something that must go first hangs on it. */
  | "attached"
  | "tooMany"
  | "tooManyVersions"
  /** It has changed since the version that was expected. */
  | "outdated"
  | "malformedPolicy"
  | "wrongState"
  /** A certificate does not prove what it should. */
  | "unproved"
  /** The certificate of proof does not carry the registration code. */
  | "wrongCode"
  /** Several authorities could have signed it. */
  | "ambiguous";

export interface RegistryProblem {
  readonly kind: ProblemKind;
  readonly message: string;
  /** What is there already, when that is the problem. */
  readonly id?: string;
  readonly arn?: string;
}

export type Outcome<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: RegistryProblem };

export function done<T>(value: T): Outcome<T> {
  return { ok: true, value };
}

export const nothingMore: Outcome<undefined> = done(undefined);

export function refused(
  kind: ProblemKind,
  message: string,
  there: { readonly id?: string; readonly arn?: string } = {},
): { readonly ok: false; readonly problem: RegistryProblem } {
  return { ok: false, problem: { kind, message, ...there } };
}
