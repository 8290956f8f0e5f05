/**
 * Roles for whoever brings a token: one of ours, that an identity of a pool got (the classic flow),
 * or one of a provider that is registered in the account.
 *
 * [STS: AssumeRoleWithWebIdentity]
 */

import { decodeJwt } from "jose";
import type { ContextKeys } from "../../policy/mod.ts";
import type { IdentityPoolDefinition } from "../definitions.ts";
import { identityKeys, poolProvider } from "../pool-roles.ts";
import type { Role, Roles } from "../roles.ts";
import type {
  SessionCredentialIssuer,
  SessionCredentials,
} from "../sessions/session-credentials.ts";
import { type OwnTokens, ownIssuer } from "./own-tokens.ts";
import { type AccountProvider, issuersOf } from "./provider.ts";
import type { LoginProblem, LoginTokens } from "./tokens.ts";

/** Whom a token stands for, as trust policies name it. */
export interface WebIdentity {
  readonly subject: string;
  readonly audience: string;
  /** As `Principal: {Federated: ...}` has it. */
  readonly provider: string;
  /** Condition keys. */
  readonly keys: ContextKeys;
}

export type WebIdentityResult =
  | { readonly ok: true; readonly identity: WebIdentity }
  | { readonly ok: false; readonly problem: LoginProblem };

export interface WebIdentitiesOptions {
  readonly providers: readonly AccountProvider[];
  readonly findPool: (poolId: string) => IdentityPoolDefinition | undefined;
  readonly loginTokens: LoginTokens;
  readonly ownTokens: OwnTokens;
  readonly roles: Roles;
  readonly sessions: SessionCredentialIssuer;
}

export interface RoleWish {
  readonly role: Role | undefined;
  readonly sessionName: string;
  readonly seconds: number;
  readonly sourceIp: string;
  /** The session may do no more than this document says. */
  readonly policy?: object | undefined;
}

export class WebIdentities {
  readonly #options: WebIdentitiesOptions;

  constructor(options: WebIdentitiesOptions) {
    this.#options = options;
  }

  /** Who brings this token. */
  async identify(token: string): Promise<WebIdentityResult> {
    const issuer = issuerOf(token);
    if (issuer === ownIssuer) return this.#identifyOwn(token);
    const { providers, loginTokens } = this.#options;
    // What the token says of its issuer only chooses who is asked to prove it.
    const provider = providers.find((one) => issuersOf(one).includes(issuer ?? ""));
    if (!provider) return refused("invalid", "no provider of this account has issued it");
    const result = await loginTokens.verify(token, provider);
    if (!result.ok) return result;
    const { subject, audience } = result.login;
    const keys = { [`${provider.name}:sub`]: subject, [`${provider.name}:aud`]: audience };
    return { ok: true, identity: { subject, audience, provider: provider.arn, keys } };
  }

  /**
   * `undefined`: the role's trust policy does not let it be taken, or there is no such role;
   * `too-long`: not for so long.
   */
  take(identity: WebIdentity, wish: RoleWish): SessionCredentials | "too-long" | undefined {
    const { role, sessionName, seconds, sourceIp, policy } = wish;
    const { roles, sessions } = this.#options;
    const { provider, keys } = identity;
    const isTaken =
      role &&
      roles.mayTake(role, {
        action: "sts:AssumeRoleWithWebIdentity",
        principal: { kind: "federated", provider },
        policies: { identity: [] },
        keys: { ...keys, "sts:RoleSessionName": sessionName, "aws:SourceIp": sourceIp },
      });
    if (!isTaken) return undefined;
    if (seconds > role.sessionSecondsMax) return "too-long";
    const grant = { roleName: role.name, sessionName, keys, ...(policy && { policy }) };
    return sessions.issue(grant, seconds);
  }

  async #identifyOwn(token: string): Promise<WebIdentityResult> {
    const result = await this.#options.ownTokens.verify(token);
    if (!result.ok) {
      return result.kind === "expired"
        ? refused("expired", "it has expired")
        : refused("invalid", "its signature is not ours");
    }
    const { identityId, poolId, methods } = result.claims;
    const pool = this.#options.findPool(poolId);
    if (!pool?.allowsClassicFlow) {
      return refused("invalid", "its pool has no classic flow any more");
    }
    if (!pool.allowsGuests && !methods.includes("authenticated")) {
      return refused("invalid", "its pool has no guests any more");
    }
    const keys = identityKeys(identityId, poolId, methods);
    const identity = { subject: identityId, audience: poolId, provider: poolProvider, keys };
    return { ok: true, identity };
  }
}

/** As the token has it, unproved. */
function issuerOf(token: string): string | undefined {
  try {
    return decodeJwt(token).iss;
  } catch {
    return undefined; // decodeJwt has no other way to say no
  }
}

function refused(kind: LoginProblem["kind"], reason: string): WebIdentityResult {
  return { ok: false, problem: { kind, reason } };
}
