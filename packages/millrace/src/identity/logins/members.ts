/**
 * Members: identities of a pool that a login at one of its providers stands behind.
 *
 * An identity follows from pool, provider and subject, always the same, so that nothing is stored.
 * Whoever asks for it or for its credentials proves the login each time; its id alone is worth
 * nothing. Several logins of one identity would have to be remembered: they are refused by name.
 */

import type { IdentityPoolDefinition } from "../definitions.ts";
import type { GuestProblem } from "../guests.ts";
import { lifetimes } from "../limits.ts";
import type { PoolIdentities } from "../pool-identities.ts";
import { identityKeys, poolSessionName, takePoolRole } from "../pool-roles.ts";
import type { Roles } from "../roles.ts";
import type {
  SessionCredentialIssuer,
  SessionCredentials,
} from "../sessions/session-credentials.ts";
import type { OwnTokens } from "./own-tokens.ts";
import { mapRole } from "./role-mapping.ts";
import type { Login, LoginProblem, LoginTokens } from "./tokens.ts";

/** Tokens by the name of the provider that issued them. */
export type Logins = Readonly<Record<string, string>>;

/** Why a login leads nowhere. */
export type MemberProblem =
  | Exclude<GuestProblem, { kind: "no-guests" | "login-missing" }>
  | { readonly kind: "no-provider"; readonly provider: string }
  | { readonly kind: "several-logins" }
  /** The request asks for a role that the token does not offer. */
  | { readonly kind: "custom-role" }
  | { readonly kind: "token"; readonly provider: string; readonly problem: LoginProblem }
  /** The identity is another than that of the login. */
  | { readonly kind: "other-login"; readonly identityId: string; readonly isGuest: boolean };

export type MemberResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: MemberProblem };

export interface MembersOptions {
  readonly pools: readonly IdentityPoolDefinition[];
  readonly poolIdentities: PoolIdentities;
  readonly loginTokens: LoginTokens;
  readonly ownTokens: OwnTokens;
  readonly roles: Roles;
  readonly sessions: SessionCredentialIssuer;
}

interface Member {
  readonly identityId: string;
  readonly pool: IdentityPoolDefinition;
  readonly login: Login;
  /** How it was proved. */
  readonly methods: readonly string[];
}

/** What somebody brings who asks for credentials. */
export interface MemberWish {
  readonly logins: Logins;
  readonly sourceIp: string;
  /** Among those that the token offers. */
  readonly customRoleArn?: string | undefined;
}

export class Members {
  readonly #options: MembersOptions;

  constructor(options: MembersOptions) {
    this.#options = options;
  }

  /** The identity of a login in a pool. */
  async identify(poolId: string, logins: Logins): Promise<MemberResult<string>> {
    const pool = this.findPool(poolId);
    if (!pool) return refused({ kind: "no-pool", poolId });
    const found = await this.#find(pool, logins);
    return found.ok ? { ok: true, value: found.value.identityId } : found;
  }

  /** Credentials for the identity of a login. */
  async credentialsFor(
    identityId: string,
    { logins, sourceIp, customRoleArn }: MemberWish,
  ): Promise<MemberResult<SessionCredentials>> {
    const found = await this.#prove(identityId, logins);
    if (!found.ok) return found;
    const { pool, methods, login } = found.value;
    const { roles, sessions } = this.#options;
    const keys = identityKeys(identityId, pool.id, methods);
    const mapped = mapRole(mappingOf(pool, login), login.claims, customRoleArn);
    if (!mapped.ok) {
      if (mapped.kind === "custom-role") return refused({ kind: "custom-role" });
      return refused({ kind: "no-role", poolId: pool.id, why: "the token decides for no role" });
    }
    const { roleArn = pool.memberRoleArn } = mapped;
    const role = takePoolRole(roles, { roleArn, who: "those with a login", keys, sourceIp });
    if (typeof role === "string") return refused({ kind: "no-role", poolId: pool.id, why: role });
    const grant = { roleName: role.name, sessionName: poolSessionName, keys };
    return { ok: true, value: sessions.issue(grant, lifetimes.guest) };
  }

  /** A token of ours with which the identity takes a role by itself. */
  async openIdToken(identityId: string, logins: Logins): Promise<MemberResult<string>> {
    const found = await this.#prove(identityId, logins);
    if (!found.ok) return found;
    const { pool, methods } = found.value;
    const { id: poolId, allowsClassicFlow } = pool;
    if (!allowsClassicFlow) return refused({ kind: "no-classic-flow", poolId });
    const value = await this.#options.ownTokens.sign({ identityId, poolId, methods });
    return { ok: true, value };
  }

  findPool(poolId: string): IdentityPoolDefinition | undefined {
    return this.#options.pools.find(({ id }) => id === poolId);
  }

  /** The login behind an identity that was asked about. */
  async #prove(identityId: string, logins: Logins): Promise<MemberResult<Member>> {
    const { pools, poolIdentities } = this.#options;
    const isGuest = pools.some(({ id }) => poolIdentities.isOf(id, identityId));
    if (isGuest) return refused({ kind: "other-login", identityId, isGuest });
    const pool = pools.find(({ id }) => poolIdentities.isOfLogin(id, identityId));
    if (!pool) return refused({ kind: "no-identity", identityId });
    const found = await this.#find(pool, logins);
    if (!found.ok || found.value.identityId === identityId) return found;
    return refused({ kind: "other-login", identityId, isGuest });
  }

  async #find(pool: IdentityPoolDefinition, logins: Logins): Promise<MemberResult<Member>> {
    const entries = Object.entries(logins);
    const [[name = "", token = ""] = []] = entries;
    if (entries.length !== 1) return refused({ kind: "several-logins" });
    const provider = pool.providers?.find((one) => one.name === name);
    if (!provider) return refused({ kind: "no-provider", provider: name });
    const result = await this.#options.loginTokens.verify(token, provider);
    if (!result.ok) return refused({ kind: "token", provider: name, problem: result.problem });
    const { login } = result;
    const { subject } = login;
    const identityId = this.#options.poolIdentities.ofLogin(pool.id, name, subject);
    return { ok: true, value: { identityId, pool, login, methods: ["authenticated", name] } };
  }
}

/** That of the token's client counts before that of the whole provider. */
function mappingOf({ roleMappings = [] }: IdentityPoolDefinition, login: Login) {
  const ofProvider = roleMappings.filter(({ provider }) => provider === login.provider.name);
  const ofClient = ofProvider.find(({ clientId }) => clientId === login.audience);
  return ofClient ?? ofProvider.find(({ clientId }) => clientId === undefined);
}

function refused(problem: MemberProblem): { readonly ok: false; readonly problem: MemberProblem } {
  return { ok: false, problem };
}
