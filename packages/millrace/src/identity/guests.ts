/**
 * Guests: identities of a pool that have proved nothing but that they are the same as before.
 */

import type { AccountFacts, IdentityPoolDefinition } from "./definitions.ts";
import { lifetimes } from "./limits.ts";
import type { OwnTokens } from "./logins/own-tokens.ts";
import type { PoolIdentities } from "./pool-identities.ts";
import { identityKeys, poolSessionName, takePoolRole } from "./pool-roles.ts";
import type { Roles } from "./roles.ts";
import type {
  SessionCredentialIssuer,
  SessionCredentials,
  SessionGrant,
} from "./sessions/session-credentials.ts";

/** Why a guest gets nothing. */
export type GuestProblem =
  | { readonly kind: "no-pool"; readonly poolId: string }
  | { readonly kind: "no-guests"; readonly poolId: string }
  | { readonly kind: "no-identity"; readonly identityId: string }
  /** The identity belongs to a login, and none came with the request. */
  | { readonly kind: "login-missing"; readonly identityId: string }
  | { readonly kind: "no-classic-flow"; readonly poolId: string }
  /** The pool has no role for them, or one that cannot be taken; `why` is for a log. */
  | { readonly kind: "no-role"; readonly poolId: string; readonly why: string };

export type GuestResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: GuestProblem };

export interface GuestsOptions {
  readonly account: AccountFacts;
  readonly pools: readonly IdentityPoolDefinition[];
  readonly poolIdentities: PoolIdentities;
  readonly roles: Roles;
  readonly sessions: SessionCredentialIssuer;
  readonly ownTokens: OwnTokens;
}

const methods = ["unauthenticated"];

export class Guests {
  readonly #options: GuestsOptions;

  constructor(options: GuestsOptions) {
    this.#options = options;
  }

  /** A new identity of the pool. */
  identify(poolId: string): GuestResult<string> {
    const { pools, poolIdentities } = this.#options;
    const pool = pools.find(({ id }) => id === poolId);
    if (!pool) return refused({ kind: "no-pool", poolId });
    if (!pool.allowsGuests) return refused({ kind: "no-guests", poolId });
    return { ok: true, value: poolIdentities.give(poolId) };
  }

  /** Credentials for an identity that was given out before. */
  credentialsFor(identityId: string, sourceIp: string): GuestResult<SessionCredentials> {
    const found = this.#poolOf(identityId);
    if (!found.ok) return found;
    const grant = this.#grantIn(found.value, identityId, sourceIp);
    if (typeof grant !== "string") {
      return { ok: true, value: this.#options.sessions.issue(grant, lifetimes.guest) };
    }
    return refused({ kind: "no-role", poolId: found.value.id, why: grant });
  }

  /** Whom credentials of the identity would stand for, or a sentence about why there are none. */
  grantOf(identityId: string, sourceIp: string): SessionGrant | string {
    const { pools, poolIdentities } = this.#options;
    const pool = pools.find(({ id }) => poolIdentities.isOf(id, identityId));
    if (pool) return this.#grantIn(pool, identityId, sourceIp);
    return `the identity "${identityId}" was not given out here`;
  }

  /** A token of ours with which a guest takes a role by itself. */
  async openIdToken(identityId: string): Promise<GuestResult<string>> {
    const found = this.#poolOf(identityId);
    if (!found.ok) return found;
    const { id: poolId, allowsClassicFlow } = found.value;
    if (!allowsClassicFlow) return refused({ kind: "no-classic-flow", poolId });
    const value = await this.#options.ownTokens.sign({ identityId, poolId, methods });
    return { ok: true, value };
  }

  #grantIn(
    { id: poolId, guestRoleArn: roleArn }: IdentityPoolDefinition,
    identityId: string,
    sourceIp: string,
  ): SessionGrant | string {
    const keys = identityKeys(identityId, poolId, methods);
    const role = takePoolRole(this.#options.roles, { roleArn, who: "guests", keys, sourceIp });
    if (typeof role === "string") return role;
    return { roleName: role.name, sessionName: poolSessionName, keys, isScopedDown: true };
  }

  #poolOf(identityId: string): GuestResult<IdentityPoolDefinition> {
    const { pools, poolIdentities } = this.#options;
    const pool = pools.find(({ id }) => poolIdentities.isOf(id, identityId));
    if (pool?.allowsGuests) return { ok: true, value: pool };
    if (pool) return refused({ kind: "no-guests", poolId: pool.id });
    const isMember = pools.some(({ id }) => poolIdentities.isOfLogin(id, identityId));
    return refused({ kind: isMember ? "login-missing" : "no-identity", identityId });
  }
}

function refused(problem: GuestProblem): { readonly ok: false; readonly problem: GuestProblem } {
  return { ok: false, problem };
}
