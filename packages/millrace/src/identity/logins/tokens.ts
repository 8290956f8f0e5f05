/**
 * Tokens of identity providers, believed or not.
 *
 * Which algorithm is allowed is said here and not by the token; issuer, audience, expiry and
 * subject must be there and right. [OpenID Connect Core, 3.1.3.7; RFC 8725]
 */

import { errors, type JWTPayload } from "jose";
import type { Clock } from "../../base/mod.ts";
import type { KeySets } from "./key-sets.ts";
import { loginLimits as limits } from "./limits.ts";
import { issuersOf, type LoginProvider } from "./provider.ts";
import { hasTokenForm, verifySigned } from "./signed-tokens.ts";

/** Whom a token stands for. */
export interface Login {
  readonly provider: LoginProvider;
  /** Of the provider's own. */
  readonly subject: string;
  /** The client that the token is for: `azp` where it is there, else the audience that fits. */
  readonly audience: string;
  readonly claims: JWTPayload;
}

export type LoginProblem =
  /** No token at all, or one that does not hold. */
  | { readonly kind: "invalid"; readonly reason: string }
  | { readonly kind: "expired"; readonly reason: string }
  /** The provider's keys cannot be had. */
  | { readonly kind: "unreachable"; readonly reason: string };

export type LoginResult =
  | { readonly ok: true; readonly login: Login }
  | { readonly ok: false; readonly problem: LoginProblem };

const algorithms = [
  "RS256",
  "RS384",
  "RS512",
  "PS256",
  "PS384",
  "PS512",
  "ES256",
  "ES384",
  "ES512",
];

export class LoginTokens {
  readonly #keySets: KeySets;
  readonly #clock: Clock;

  constructor(keySets: KeySets, clock: Clock) {
    this.#keySets = keySets;
    this.#clock = clock;
  }

  /** Never rejects for what a token is. */
  async verify(token: string, provider: LoginProvider): Promise<LoginResult> {
    if (token.length > limits.tokenCharactersMax) return refused("invalid", "it is too long");
    if (!hasTokenForm(token)) return refused("invalid", "it is no signed token");
    const result = await verifySigned(token, provider, {
      keySets: this.#keySets,
      options: {
        algorithms,
        issuer: issuersOf(provider),
        audience: [...provider.audiences],
        requiredClaims: ["exp", "sub", "aud", "iss"],
        clockTolerance: limits.clockToleranceSeconds,
        currentDate: new Date(this.#clock.now()),
      },
    });
    if ("claims" in result) return loginOf(result.claims, provider);
    if ("error" in result) return refusedFor(result.error);
    return refused("unreachable", `the keys of "${provider.name}" cannot be had`);
  }
}

function refusedFor(error: Error): LoginResult {
  if (error instanceof errors.JWKSNoMatchingKey) {
    return refused("invalid", "no key of the provider fits it");
  }
  if (error instanceof errors.JWTExpired) return refused("expired", "it has expired");
  if (error instanceof errors.JOSEError) return refused("invalid", error.message);
  return refused("invalid", `the provider's key cannot be used: ${error.message}`);
}

function loginOf(claims: JWTPayload, provider: LoginProvider): LoginResult {
  const { sub: subject = "", aud, azp } = claims;
  if (typeof subject !== "string" || subject === "" || subject.length > 255) {
    return refused("invalid", "its subject is not 1 to 255 characters");
  }
  const isForUs = (client: unknown) =>
    typeof client === "string" && provider.audiences.includes(client);
  const audience = azp ?? [aud ?? []].flat().find(isForUs);
  if (!isForUs(audience)) return refused("invalid", 'unexpected "azp" claim value');
  return { ok: true, login: { provider, subject, audience: audience as string, claims } };
}

function refused(kind: LoginProblem["kind"], reason: string): LoginResult {
  return { ok: false, problem: { kind, reason } };
}
