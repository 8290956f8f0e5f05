/** Why a change of functions is refused; `endpoints/` gives each kind its name on the wire. */

export interface ControlError {
  readonly kind: "not-found" | "conflict" | "invalid" | "outdated" | "too-large";
  /** As the caller reads it. */
  readonly message: string;
}

export type Result<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: ControlError };

export function good<T>(value: T): Result<T> {
  return { ok: true, value };
}

export function refuse(kind: ControlError["kind"], message: string): Result<never> {
  return { ok: false, error: { kind, message } };
}

export const outdated: ControlError = {
  kind: "outdated",
  message: "The Revision Id provided does not match the latest Revision Id.",
};

export function missing(message: string): ControlError {
  return { kind: "not-found", message };
}

export function conflict(message: string): ControlError {
  return { kind: "conflict", message };
}

export function invalid(message: string): ControlError {
  return { kind: "invalid", message };
}
