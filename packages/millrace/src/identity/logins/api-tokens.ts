/**
 * Tokens that are shown to HTTP APIs, believed or not, as API Gateway's JWT authorizers do it.
 *
 * Unlike a login, such a token need not say whom it stands for, and an access token may name its
 * client in `client_id` alone. Its keys are had as those of logins are, but no
 * request waits for new ones while the old ones hold.
 * [API Gateway: JWT authorizers of HTTP APIs; RFC 8725]
 */

import { errors, type JWTPayload } from "jose";
import type { Clock } from "../../base/mod.ts";
import { KeySets, type KeySetsOptions } from "./key-sets.ts";
import { loginLimits } from "./limits.ts";
import { providerNameOf } from "./provider.ts";
import { hasTokenForm, verifySigned } from "./signed-tokens.ts";

/** What a token must be of, and for one of. */
export interface TokenWish {
  readonly issuer: string;
  readonly audiences: readonly string[];
}

/** `discovery`, `keys`: what of the issuer's cannot be had; `invalid`: all that has no own word. */
export type ApiTokenProblem =
  | "malformed"
  | "invalid"
  | "expired"
  | "audience"
  | "discovery"
  | "keys";

export type ApiTokenResult =
  | { readonly ok: true; readonly claims: Readonly<Record<string, unknown>> }
  | { readonly ok: false; readonly problem: ApiTokenProblem };

/** "Currently, only RSA-based algorithms are supported." */
const algorithms = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512"];

export class ApiTokens {
  readonly #keySets: KeySets;
  readonly #clock: Clock;

  constructor(options: Pick<KeySetsOptions, "fetchJson" | "clock" | "logger">) {
    const { apiKeysHoldMs: holdMs } = loginLimits;
    const hold = { staleMs: holdMs, waitsForFresh: false };
    this.#keySets = new KeySets({ ...options, ...hold });
    this.#clock = options.clock;
  }

  /** Never rejects for what a token is. */
  async verify(token: string, { issuer, audiences }: TokenWish): Promise<ApiTokenResult> {
    if (!hasTokenForm(token)) return refused("malformed");
    if (!namesItsKey(token)) return refused("invalid");
    const nowMs = this.#clock.now();
    const source = { issuer, name: providerNameOf(issuer) };
    const result = await verifySigned(token, source, {
      keySets: this.#keySets,
      options: { algorithms, issuer, requiredClaims: ["exp"], currentDate: new Date(nowMs) },
    });
    if ("unreachable" in result) return refused(result.unreachable);
    if ("error" in result) {
      return refused(result.error instanceof errors.JWTExpired ? "expired" : "invalid");
    }
    const { claims } = result;
    if (claims.iat !== undefined && !isPast(claims.iat, nowMs)) return refused("invalid");
    if (!isFor(claims, audiences)) return refused("audience");
    return { ok: true, claims };
  }
}

function isPast(seconds: unknown, nowMs: number): boolean {
  return typeof seconds === "number" && seconds <= Math.floor(nowMs / 1000);
}

/** "API Gateway validates client_id only if aud is not present." */
function isFor({ aud, client_id: clientId }: JWTPayload, audiences: readonly string[]): boolean {
  const named = aud === undefined ? [clientId] : [aud].flat();
  return named.some((one) => typeof one === "string" && audiences.includes(one));
}

/** Else the only key of an issuer would do for a token that names none. */
function namesItsKey(token: string): boolean {
  try {
    const header: unknown = JSON.parse(
      Buffer.from(token.slice(0, token.indexOf(".")), "base64url").toString(),
    );
    const { kid } = Object(header) as { kid?: unknown };
    return typeof kid === "string" && kid !== "";
  } catch {
    return false; // JSON.parse has no other way to say no
  }
}

function refused(problem: ApiTokenProblem): ApiTokenResult {
  return { ok: false, problem };
}
