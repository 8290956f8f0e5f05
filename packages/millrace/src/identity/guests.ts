/**
 * Guests: identities of a pool that have proved nothing but that they are the same as before.
 *
 * A guest takes the pool's role for guests as a web identity: the role's trust policy is asked with
 * the pool (`aud`) and `unauthenticated` (`amr`), and with the guest's address and the time.
 */

import type { Clock, Random } from "../base/mod.ts";
import type { ContextKeys } from "../policy/mod.ts";
import type { AccountFacts, IdentityPoolDefinition } from "./definitions.ts";
import type { DeploymentSecret } from "./deployment-secret.ts";
import { lifetimes } from "./limits.ts";
import { PoolIdentities } from "./pool-identities.ts";
import type { Role, Roles } from "./roles.ts";
import type {
  SessionCredentialIssuer,
  SessionCredentials,
  SessionGrant,
} from "./session-credentials.ts";

/** Why a guest gets nothing. */
export type GuestProblem =
  | { readonly kind: "no-pool"; readonly poolId: string }
  | { readonly kind: "no-guests"; readonly poolId: string }
  | { readonly kind: "no-identity"; readonly identityId: string }
  /** The pool has no role for guests, or one that cannot be taken; `why` is for a log. */
  | { readonly kind: "no-role"; readonly poolId: string; readonly why: string };

export type GuestResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: GuestProblem };

export interface GuestsOptions {
  readonly account: AccountFacts;
  readonly pools: readonly IdentityPoolDefinition[];
  readonly roles: Roles;
  readonly sessions: SessionCredentialIssuer;
  readonly secret: DeploymentSecret;
  readonly clock: Clock;
  readonly random: Random;
}

const provider = "cognito-identity.amazonaws.com";
const sessionName = "CognitoIdentityCredentials";

export class Guests {
  readonly #options: GuestsOptions;
  readonly #identities: PoolIdentities;

  constructor(options: GuestsOptions) {
    const { secret, random } = options;
    this.#options = options;
    this.#identities = new PoolIdentities(secret, { region: options.account.region, random });
  }

  /** A new identity of the pool. */
  identify(poolId: string): GuestResult<string> {
    const pool = this.#options.pools.find(({ id }) => id === poolId);
    if (!pool) return refused({ kind: "no-pool", poolId });
    if (!pool.allowsGuests) return refused({ kind: "no-guests", poolId });
    return { ok: true, value: this.#identities.give(poolId) };
  }

  /** Credentials for an identity that was given out before. */
  credentialsFor(identityId: string, sourceIp: string): GuestResult<SessionCredentials> {
    const { pools, sessions } = this.#options;
    const pool = pools.find(({ id }) => this.#identities.isOf(id, identityId));
    if (!pool) return refused({ kind: "no-identity", identityId });
    const { id: poolId } = pool;
    if (!pool.allowsGuests) return refused({ kind: "no-guests", poolId });
    const keys = keysOf(identityId, poolId);
    const found = this.#roleFor(pool, { ...keys, "aws:SourceIp": sourceIp });
    if (typeof found === "string") return refused({ kind: "no-role", poolId, why: found });
    const grant = { roleName: found.name, sessionName, keys };
    return { ok: true, value: sessions.issue(grant, lifetimes.guest) };
  }

  /** Whom credentials of the identity would stand for, or a sentence about why there are none. */
  grantOf(identityId: string, sourceIp: string): SessionGrant | string {
    const pool = this.#options.pools.find(({ id }) => this.#identities.isOf(id, identityId));
    if (!pool) return `the identity "${identityId}" was not given out here`;
    const keys = keysOf(identityId, pool.id);
    const role = this.#roleFor(pool, { ...keys, "aws:SourceIp": sourceIp });
    return typeof role === "string" ? role : { roleName: role.name, sessionName, keys };
  }

  /** The role for the pool's guests, or a sentence about why there is none. */
  #roleFor({ guestRoleArn }: IdentityPoolDefinition, keys: ContextKeys): Role | string {
    if (guestRoleArn === undefined) return "no role is attached for guests";
    const role = this.#options.roles.byArn(guestRoleArn);
    if (!role) return `the role "${guestRoleArn}" is not in the template`;
    const taken = this.#options.roles.mayTake(role, {
      action: "sts:AssumeRoleWithWebIdentity",
      principal: { kind: "federated", provider },
      policies: { identity: [] },
      keys,
    });
    return taken ? role : `the trust policy of the role "${role.name}" does not let guests take it`;
  }
}

function keysOf(identityId: string, poolId: string): ContextKeys {
  return {
    [`${provider}:sub`]: identityId,
    [`${provider}:aud`]: poolId,
    [`${provider}:amr`]: "unauthenticated",
  };
}

function refused(problem: GuestProblem): { readonly ok: false; readonly problem: GuestProblem } {
  return { ok: false, problem };
}
