/** For tests of logins: an OpenID Connect provider without a network, that can lie. */

import { exportJWK, generateKeyPair, type JWK, SignJWT } from "jose";
import { ManualClock, silentLogger } from "../../base/mod.ts";
import { type FetchJson, KeySets } from "./key-sets.ts";
import type { LoginProvider } from "./provider.ts";
import { LoginTokens } from "./tokens.ts";

export const issuer = "https://login.test/tenant";

export const provider: LoginProvider = {
  name: "login.test/tenant",
  issuer,
  audiences: ["shop", "app"],
};

export interface SigningKey {
  readonly alg: string;
  readonly kid: string;
  readonly privateKey: CryptoKey;
  readonly publicJwk: JWK;
}

export async function makeKey(alg: "RS256" | "PS256" | "ES256", kid: string): Promise<SigningKey> {
  const { publicKey, privateKey } = await generateKeyPair(alg, { extractable: true });
  const publicJwk = { ...(await exportJWK(publicKey)), kid, alg, use: "sig" };
  return { alg, kid, privateKey, publicJwk };
}

export const rsa = await makeKey("RS256", "rsa-1");
export const ec = await makeKey("ES256", "ec-1");

export function openLogins() {
  const clock = new ManualClock();
  const fetched: string[] = [];
  const state = {
    discovery: { issuer, jwks_uri: "https://login.test/keys" } as unknown,
    keys: [rsa.publicJwk, ec.publicJwk] as unknown[],
    isDown: false,
  };
  const fetchJson: FetchJson = async (url) => {
    fetched.push(url);
    if (state.isDown) throw new Error("connection refused");
    return url.endsWith("/openid-configuration") ? state.discovery : { keys: state.keys };
  };
  const keySets = new KeySets({ fetchJson, clock, logger: silentLogger });
  const tokens = new LoginTokens(keySets, clock);
  const nowSeconds = () => Math.floor(clock.now() / 1_000);
  const claims = (more: object = {}) => ({
    iss: issuer,
    aud: "shop",
    sub: "ann",
    iat: nowSeconds(),
    exp: nowSeconds() + 600,
    ...more,
  });
  /** `undefined` takes a claim away. */
  const token = (more: object = {}, key = rsa, header: object = {}) =>
    new SignJWT(claims(more))
      .setProtectedHeader({ alg: key.alg, kid: key.kid, ...header })
      .sign(key.privateKey);
  return { clock, fetched, state, fetchJson, tokens, token, claims, nowSeconds };
}
