/**
 * JWT authorizers of HTTP APIs: who shows a token of an issuer has a route, if it has one of the
 * route's scopes.
 *
 * Whether a token holds is asked elsewhere. Of what is told about one that does not, `Bearer` alone
 * and the words below are known from AWS; where no word is known, none is said.
 * [API Gateway: JWT authorizers of HTTP APIs, and troubleshooting them]
 */

import { assert } from "../../base/mod.ts";
import type { ApiOptions } from "../api.ts";
import { authorizerRefusals, type Refusal } from "../refusal/refusals.ts";
import type { EdgeRequest } from "../request.ts";
import type { RouteMatch } from "../routes.ts";
import type { Verdict } from "./authorizers.ts";
import type { JwtRequirement } from "./definition.ts";
import { readIdentity } from "./identity-source.ts";

type Claims = Readonly<Record<string, unknown>>;

/** The claims of a token, or what is wrong with it; `discovery`, `keys`: cannot be had. */
export type VerifyToken = (
  token: string,
  wanted: { readonly issuer: string; readonly audiences: readonly string[] },
) => Promise<
  | { readonly ok: true; readonly claims: Claims }
  | { readonly ok: false; readonly problem: TokenProblem }
>;

type TokenProblem = "malformed" | "invalid" | "expired" | "audience" | "discovery" | "keys";

const words: Readonly<Record<TokenProblem, string | undefined>> = {
  malformed: "token contains an invalid number of segments",
  invalid: undefined,
  expired: "the token has expired",
  audience: "the token does not have a valid audience",
  discovery: "OIDC discovery endpoint communication error",
  keys: "JWKS communication error",
};

/** Whether the request may have its route, which is for tokens. */
export type AuthorizeToken = (
  requirement: JwtRequirement,
  request: EdgeRequest,
  match: RouteMatch,
) => Promise<Verdict>;

export function createTokenAuthorizer(options: ApiOptions): AuthorizeToken {
  const { api, accountId, verifyToken } = options;
  const { unauthorized, implicitDeny: forbidden } = authorizerRefusals.http;
  return async ({ authorizer, scopes }, request, match) => {
    assert(verifyToken !== undefined, "an API with JWT authorizers has a way to verify tokens");
    const identity = readIdentity([authorizer.source], { request, match, api, accountId });
    if (!identity) return { refusal: { ...unauthorized, wwwAuthenticate: "Bearer" } };
    const token = identity[0]!.replace(/^Bearer +/i, "");
    const result = await verifyToken(token, authorizer);
    if (!result.ok) return { refusal: invalidToken(scopes, words[result.problem]) };
    const { claims } = result;
    const owned = scopesOf(claims);
    if (scopes.length > 0 && !scopes.some((scope) => owned.includes(scope))) {
      return { refusal: forbidden };
    }
    const told = { claims: describeClaims(claims), scopes: scopes.length > 0 ? owned : null };
    return { authorizer: match.route.payloadVersion === "1.0" ? told : { jwt: told } };
  };
}

function invalidToken(scopes: readonly string[], word: string | undefined): Refusal {
  const description = word === undefined ? "" : ` error_description="${word}"`;
  const wwwAuthenticate = `Bearer scope="${scopes.join(" ")}" error="invalid_token"${description}`;
  return { ...authorizerRefusals.http.unauthorized, wwwAuthenticate };
}

/** In one text with spaces, or a list. */
function scopesOf({ scope, scp }: Claims): string[] {
  const given = [scope ?? scp ?? []].flat();
  return given.flatMap((one) => (typeof one === "string" ? one.split(" ").filter(Boolean) : []));
}

/**
 * All are texts, and what is null is left out. A list is `[a b]`, as those who tried it got it; an
 * object is JSON.
 */
function describeClaims(claims: Claims): Record<string, string> {
  const there = Object.entries(claims).filter(([, value]) => value !== null);
  return Object.fromEntries(there.map(([name, value]) => [name, describeClaim(value)]));
}

function describeClaim(value: unknown): string {
  return Array.isArray(value) ? `[${value.map(plainText).join(" ")}]` : plainText(value);
}

function plainText(value: unknown): string {
  return typeof value === "object" ? JSON.stringify(value) : String(value);
}
