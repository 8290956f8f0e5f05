/**
 * Identities: who a signed request is from, and how one comes to credentials.
 *
 * Everything that is given out is derived from, or sealed with, the deployment's secret; only that
 * long-term access keys exist is kept. What AWS calls the answers is in `endpoints/`.
 */

import {
  readClaim,
  type SignableRequest,
  type SignatureClaim,
  SigningKeys,
  signatureProblem,
  unsigned,
} from "../aws/mod.ts";
import { type Clock, type Logger, noBytes, type Random, silentLogger } from "../base/mod.ts";
import type { CompiledPolicy, ContextKeys } from "../policy/mod.ts";
import { AccessKeys, type KeyWithSecret } from "./access-keys.ts";
import { type Caller, callAs, memberOfPool, Root } from "./caller.ts";
import type { AccountFacts, IdentityPoolDefinition, RoleDefinition } from "./definitions.ts";
import type { DeploymentSecret } from "./deployment-secret.ts";
import { Guests } from "./guests.ts";
import { KeyIds } from "./key-ids.ts";
import type { KeyStore } from "./key-store.ts";
import { ApiTokens } from "./logins/api-tokens.ts";
import { type FetchJson, KeySets } from "./logins/key-sets.ts";
import { Members } from "./logins/members.ts";
import { OwnTokens } from "./logins/own-tokens.ts";
import type { AccountProvider } from "./logins/provider.ts";
import { LoginTokens } from "./logins/tokens.ts";
import { WebIdentities } from "./logins/web-identities.ts";
import { PoolIdentities } from "./pool-identities.ts";
import { Roles } from "./roles.ts";
import { ServiceRoles } from "./service-roles.ts";
import { SessionCredentialIssuer, type SessionGrant } from "./sessions/session-credentials.ts";
import { SessionPolicies } from "./sessions/session-policies.ts";

/** What identities with a login need. */
export interface LoginsOptions {
  /** OpenID Connect providers of the account. */
  readonly providers: readonly AccountProvider[];
  /** For the keys of providers. */
  readonly fetchJson: FetchJson;
  /**
   * The IoT policies that are attached to a member of a pool; without any it may do nothing on the
   * broker. The same list as long as they are the same.
   */
  readonly iotPoliciesOf: (identityId: string) => readonly CompiledPolicy[];
  readonly logger: Logger;
}

export interface IdentitiesOptions {
  readonly account: AccountFacts;
  readonly secret: DeploymentSecret;
  readonly keys: KeyStore;
  readonly roles: readonly RoleDefinition[];
  readonly pools: readonly IdentityPoolDefinition[];
  /** Absent: nobody logs in anywhere. */
  readonly logins?: LoginsOptions;
  readonly clock: Clock;
  readonly random: Random;
}

/** Why nobody is believed to be behind a request; the code is AWS's name for it. */
export interface AuthenticationProblem {
  readonly code:
    | "IncompleteSignatureException"
    | "InvalidSignatureException"
    | "MissingAuthenticationTokenException"
    | "UnrecognizedClientException"
    | "ExpiredTokenException";
  readonly message: string;
  /** The key that the request names, where it names one. */
  readonly accessKeyId?: string;
}

export type Authentication =
  | { readonly ok: true; readonly caller: Caller }
  | { readonly ok: false; readonly problem: AuthenticationProblem };

export interface Circumstances {
  readonly body?: Uint8Array;
  readonly sourceIp: string;
  /** Names that the signature's scope may have for the service that is asked. */
  readonly services: readonly string[];
}

const noLogins: LoginsOptions = {
  providers: [],
  fetchJson: () => Promise.reject(new Error("no provider is known")),
  iotPoliciesOf: () => [],
  logger: silentLogger,
};

const tokenInvalid = "The security token included in the request is invalid.";
const tokenExpired = "The security token included in the request is expired";

export class Identities {
  readonly accessKeys: AccessKeys;
  readonly sessions: SessionCredentialIssuer;
  readonly roles: Roles;
  readonly guests: Guests;
  readonly members: Members;
  readonly webIdentities: WebIdentities;
  readonly ownTokens: OwnTokens;
  /** Whether a token of an issuer holds that is shown to an HTTP API. */
  readonly verifyToken: ApiTokens["verify"];
  readonly services: ServiceRoles;
  readonly account: AccountFacts;
  readonly #root: Root;
  readonly #ids: KeyIds;
  readonly #keys = new SigningKeys();
  readonly #sessionPolicies = new SessionPolicies();
  readonly #clock: Clock;
  readonly #iotPoliciesOf: LoginsOptions["iotPoliciesOf"];

  constructor(options: IdentitiesOptions) {
    const { account, secret, clock } = options;
    this.account = account;
    this.#clock = clock;
    this.#root = new Root(account);
    this.#ids = new KeyIds(secret);
    this.accessKeys = new AccessKeys(options);
    this.sessions = new SessionCredentialIssuer(secret, options);
    this.roles = new Roles(options.roles, clock);
    const logins = options.logins ?? noLogins;
    this.#iotPoliciesOf = logins.iotPoliciesOf;
    this.ownTokens = new OwnTokens(secret, clock);
    const loginTokens = new LoginTokens(new KeySets({ ...logins, clock }), clock);
    const apiTokens = new ApiTokens({ ...logins, clock });
    this.verifyToken = (token, wish) => apiTokens.verify(token, wish);
    const { roles, sessions, ownTokens } = this;
    const { region } = account;
    const poolIdentities = new PoolIdentities(secret, { region, random: options.random });
    const parts = { loginTokens, ownTokens, roles, sessions, poolIdentities };
    this.guests = new Guests({ ...options, ...parts });
    const members = new Members({ ...options, ...parts });
    this.members = members;
    const findPool = (poolId: string) => members.findPool(poolId);
    this.webIdentities = new WebIdentities({ ...parts, providers: logins.providers, findPool });
    this.services = new ServiceRoles({ ...options, roles, sessions });
  }

  /** The owner's key, made where there is none. */
  ownKey(): KeyWithSecret {
    return this.accessKeys.ownKey();
  }

  /** The owner, for a request that is taken for the owner's without a proof. */
  owner(sourceIp: string): Caller {
    return this.#root.call("", { "aws:SourceIp": sourceIp }, false);
  }

  /** Whom credentials of this grant stand for; `undefined`: its role is no more. */
  callerOf(grant: SessionGrant, keys: ContextKeys): Caller | undefined {
    const role = this.roles.byName(grant.roleName ?? "");
    const limits = { session: this.#sessionPolicies.of(grant) };
    return role && callAs(role, this.account, { accessKeyId: "", grant, keys, limits });
  }

  /** Whether the key was given out here, also when it is worth nothing any more. */
  gaveOut(accessKeyId: string): boolean {
    return this.#ids.isOurs(accessKeyId);
  }

  /** Who signed the request, or why that is not known. */
  authenticate(request: SignableRequest, circumstances: Circumstances): Authentication {
    const reading = readClaim(request);
    if (!reading) return { ok: false, problem: unsigned };
    if (!reading.ok) return reading;
    const { claim } = reading;
    const found = this.#find(claim, { "aws:SourceIp": circumstances.sourceIp });
    if (!found.ok) return failed(claim, found.code, found.message);
    const { body = noBytes } = circumstances;
    const evidence = { request, claim, secretAccessKey: found.secretAccessKey, body };
    const problem =
      this.#scopeProblem(claim, circumstances.services) ??
      signatureProblem(evidence, { keys: this.#keys, clock: this.#clock });
    if (problem) return failed(claim, problem.code, problem.message);
    return { ok: true, caller: found.caller };
  }

  /** Those that a member of a pool needs besides its role's; `undefined` for all others. */
  iotPoliciesOf(keys: ContextKeys): readonly CompiledPolicy[] | undefined {
    const identityId = memberOfPool(keys);
    return identityId === undefined ? undefined : this.#iotPoliciesOf(identityId);
  }

  /** A member of a pool with the IoT policies that it has now; `undefined` for all others. */
  renewedMember(caller: Caller): Caller | undefined {
    const iot = this.iotPoliciesOf(caller.keys);
    if (!iot || caller.principal.kind !== "session") return undefined;
    const role = this.roles.byArn(caller.principal.roleArn);
    return role && { ...caller, ...role.within({ iot, session: caller.policies.session }) };
  }

  #find({ accessKeyId, sessionToken }: SignatureClaim, keys: ContextKeys): Finding {
    if (sessionToken === undefined) {
      const key = this.accessKeys.find(accessKeyId);
      if (!key) return invalidToken;
      const { secretAccessKey, roleName, name: sessionName = accessKeyId } = key;
      if (roleName !== undefined) {
        const grant = { roleName, sessionName, keys: {} };
        return this.#inRole({ accessKeyId, secretAccessKey, grant, keys });
      }
      return { ok: true, secretAccessKey, caller: this.#root.call(accessKeyId, keys, false) };
    }
    const opening = this.sessions.open(accessKeyId, sessionToken);
    if (!opening.ok) return opening.problem === "expired" ? expiredToken : invalidToken;
    const { grant, secretAccessKey } = opening;
    if (grant.roleName === undefined) {
      return { ok: true, secretAccessKey, caller: this.#root.call(accessKeyId, keys, true) };
    }
    return this.#inRole({ accessKeyId, secretAccessKey, grant, keys });
  }

  #inRole({ secretAccessKey, ...session }: RoleSession): Finding {
    const role = this.roles.byName(session.grant.roleName ?? "");
    if (!role) return invalidToken;
    const { grant } = session;
    const iot = this.iotPoliciesOf(grant.keys);
    const limits = { iot, session: this.#sessionPolicies.of(grant) };
    return {
      ok: true,
      secretAccessKey,
      caller: callAs(role, this.account, { ...session, limits }),
    };
  }

  #scopeProblem({ scope }: SignatureClaim, services: readonly string[]) {
    const code = "InvalidSignatureException" as const;
    if (scope.region !== this.account.region) {
      const message =
        `Credential should be scoped to a valid region, not '${scope.region}': ` +
        `this deployment is in '${this.account.region}'.`;
      return { code, message };
    }
    if (services.includes(scope.service)) return undefined;
    return { code, message: `Credential should be scoped to correct service: '${services[0]}'.` };
  }
}

interface RoleSession {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly grant: SessionGrant;
  readonly keys: ContextKeys;
}

type Finding =
  | { readonly ok: true; readonly secretAccessKey: string; readonly caller: Caller }
  | {
      readonly ok: false;
      readonly code: "UnrecognizedClientException" | "ExpiredTokenException";
      readonly message: string;
    };

const invalidToken: Finding = {
  ok: false,
  code: "UnrecognizedClientException",
  message: tokenInvalid,
};
const expiredToken: Finding = {
  ok: false,
  code: "ExpiredTokenException",
  message: tokenExpired,
};

function failed(
  { accessKeyId }: SignatureClaim,
  code: AuthenticationProblem["code"],
  message: string,
): Authentication {
  return { ok: false, problem: { code, message, accessKeyId } };
}
