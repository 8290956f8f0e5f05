/**
 * Which of several roles a member takes: by what its provider's token claims.
 *
 * [Cognito: Role-based access control; API reference, RoleMapping]
 */

import type { JWTPayload } from "jose";

export interface RoleRule {
  readonly claim: string;
  readonly match: "Equals" | "Contains" | "StartsWith" | "NotEqual";
  readonly value: string;
  readonly roleArn: string;
}

export interface RoleMapping {
  readonly provider: string;
  /** Of a user pool's app; absent: whatever the token is for. */
  readonly clientId?: string;
  /** In their order; absent: the token names roles itself (`cognito:roles`). */
  readonly rules?: readonly RoleRule[];
  /** Whether a member whose token decides nothing gets nothing, or the pool's own role. */
  readonly deniesUndecided: boolean;
}

export type MappedRole =
  /** `undefined`: the pool's own role for members. */
  | { readonly ok: true; readonly roleArn: string | undefined }
  | { readonly ok: false; readonly kind: "undecided" | "custom-role" };

/** The role for these claims; `customRoleArn` is the one that the request asks for. */
export function mapRole(
  mapping: RoleMapping | undefined,
  claims: JWTPayload,
  customRoleArn: string | undefined,
): MappedRole {
  const offered = mapping && !mapping.rules ? rolesOf(claims) : [];
  if (customRoleArn !== undefined) {
    const isOffered = offered.includes(customRoleArn);
    return isOffered ? { ok: true, roleArn: customRoleArn } : { ok: false, kind: "custom-role" };
  }
  if (!mapping) return { ok: true, roleArn: undefined };
  const decided = mapping.rules ? byRules(mapping.rules, claims) : byToken(claims, offered);
  if (decided !== undefined) return { ok: true, roleArn: decided };
  if (mapping.deniesUndecided) return { ok: false, kind: "undecided" };
  return { ok: true, roleArn: undefined };
}

function rolesOf(claims: JWTPayload): string[] {
  const { "cognito:roles": roles } = claims;
  return Array.isArray(roles) ? roles.filter((one) => typeof one === "string") : [];
}

/** The one that the token prefers, else its only one. */
function byToken(claims: JWTPayload, offered: readonly string[]): string | undefined {
  const { "cognito:preferred_role": preferred } = claims;
  if (typeof preferred === "string") return preferred;
  return offered.length === 1 ? offered[0] : undefined;
}

function byRules(rules: readonly RoleRule[], claims: JWTPayload): string | undefined {
  return rules.find((rule) => matches(rule, claims))?.roleArn;
}

/** A claim that is absent matches nothing, not even `NotEqual`. */
function matches({ claim, match, value }: RoleRule, claims: JWTPayload): boolean {
  const given = Object.hasOwn(claims, claim) ? claims[claim] : undefined;
  const texts = [given]
    .flat()
    .filter((one) => ["string", "number", "boolean"].includes(typeof one));
  if (texts.length === 0) return false;
  const isLike = (one: unknown) => {
    const text = String(one);
    if (match === "Contains") return text.includes(value);
    return match === "StartsWith" ? text.startsWith(value) : text === value;
  };
  return match === "NotEqual" ? !texts.some(isLike) : texts.some(isLike);
}
