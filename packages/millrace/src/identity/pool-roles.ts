/**
 * The roles of a pool, taken as a web identity: the role's trust policy is asked with the pool
 * (`aud`), the identity (`sub`) and how it was proved (`amr`), and with the address and the time.
 */

import type { ContextKeys } from "../policy/mod.ts";
import type { Role, Roles } from "./roles.ts";

export const poolProvider = "cognito-identity.amazonaws.com";

export interface PoolRoleWish {
  /** Absent: the pool has none for such identities. */
  readonly roleArn: string | undefined;
  /** For whom, in words. */
  readonly who: string;
  readonly keys: ContextKeys;
  readonly sourceIp: string;
}

/** The role, or a sentence about why it cannot be taken. */
export function takePoolRole(roles: Roles, wish: PoolRoleWish): Role | string {
  const { roleArn, who, keys, sourceIp } = wish;
  if (roleArn === undefined) return `no role is attached for ${who}`;
  const role = roles.byArn(roleArn);
  if (!role) return `the role "${roleArn}" is not in the template`;
  const taken = roles.mayTake(role, {
    action: "sts:AssumeRoleWithWebIdentity",
    principal: { kind: "federated", provider: poolProvider },
    policies: { identity: [] },
    keys: { ...keys, "sts:RoleSessionName": poolSessionName, "aws:SourceIp": sourceIp },
  });
  return taken ? role : `the trust policy of the role "${role.name}" does not let ${who} take it`;
}

/** Condition keys of whoever is this identity. */
export function identityKeys(
  identityId: string,
  poolId: string,
  methods: readonly string[],
): ContextKeys {
  return {
    [`${poolProvider}:sub`]: identityId,
    [`${poolProvider}:aud`]: poolId,
    [`${poolProvider}:amr`]: methods.length === 1 ? methods[0]! : [...methods],
  };
}

/** What sessions of a pool's identities are called. */
export const poolSessionName = "CognitoIdentityCredentials";
