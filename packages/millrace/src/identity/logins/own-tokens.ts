/**
 * Tokens of our own: that an identity of a pool is that identity, for who takes a role with it.
 *
 * Signed with ES256. The key is derived from the deployment's secret, so that nothing is stored;
 * its public half is what `keySet` gives.
 */

import { createECDH, createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { errors, type JSONWebKeySet, jwtVerify, SignJWT } from "jose";
import type { Clock } from "../../base/mod.ts";
import type { DeploymentSecret } from "../deployment-secret.ts";
import { loginLimits as limits } from "./limits.ts";

export const ownIssuer = "https://cognito-identity.amazonaws.com";

/** What a token of ours says. */
export interface OwnClaims {
  readonly identityId: string;
  readonly poolId: string;
  /** How the identity was proved: `unauthenticated`, or `authenticated` and by whom. */
  readonly methods: readonly string[];
}

export type OwnTokenResult =
  | { readonly ok: true; readonly claims: OwnClaims }
  | { readonly ok: false; readonly kind: "invalid" | "expired" };

export class OwnTokens {
  readonly #clock: Clock;
  readonly #privateKey: KeyObject;
  readonly #publicKey: KeyObject;
  readonly keySet: JSONWebKeySet;

  constructor(secret: DeploymentSecret, clock: Clock) {
    this.#clock = clock;
    const { x, y, d } = deriveKey(secret);
    const shape = { kty: "EC", crv: "P-256", x, y };
    this.#privateKey = createPrivateKey({ key: { ...shape, d }, format: "jwk" });
    this.#publicKey = createPublicKey({ key: shape, format: "jwk" });
    this.keySet = { keys: [{ ...shape, kid: x.slice(0, 16), use: "sig", alg: "ES256" }] };
  }

  sign({ identityId, poolId, methods }: OwnClaims): Promise<string> {
    const nowSeconds = Math.floor(this.#clock.now() / 1_000);
    return new SignJWT({ amr: [...methods] })
      .setProtectedHeader({ alg: "ES256", typ: "JWT", kid: this.keySet.keys[0]!.kid! })
      .setIssuer(ownIssuer)
      .setSubject(identityId)
      .setAudience(poolId)
      .setIssuedAt(nowSeconds)
      .setExpirationTime(nowSeconds + limits.ownTokenSeconds)
      .sign(this.#privateKey);
  }

  /** Never rejects for what a token is. */
  async verify(token: string): Promise<OwnTokenResult> {
    if (token.length > limits.tokenCharactersMax) return { ok: false, kind: "invalid" };
    try {
      const { payload } = await jwtVerify(token, this.#publicKey, {
        algorithms: ["ES256"],
        issuer: ownIssuer,
        requiredClaims: ["exp", "sub", "aud", "amr"],
        currentDate: new Date(this.#clock.now()),
      });
      // What bears our signature has the form that we gave it.
      const { sub: identityId, aud: poolId, amr } = payload as Record<string, never>;
      return { ok: true, claims: { identityId: identityId!, poolId: poolId!, methods: amr! } };
    } catch (error) {
      if (error instanceof errors.JWTExpired) return { ok: false, kind: "expired" };
      if (error instanceof errors.JOSEError) return { ok: false, kind: "invalid" };
      throw error;
    }
  }
}

/** A private key from the secret: 32 bytes below the order of P-256, which nearly all are. */
function deriveKey(secret: DeploymentSecret) {
  const curve = createECDH("prime256v1");
  for (let round = 0; ; round += 1) {
    const candidate = secret.derive(`tokens of identities ${round}`);
    if (!setPrivateKey(curve, candidate)) continue;
    const point = curve.getPublicKey();
    const part = (from: number) => point.subarray(from, from + 32).toString("base64url");
    return { x: part(1), y: part(33), d: Buffer.from(candidate).toString("base64url") };
  }
}

function setPrivateKey(curve: ReturnType<typeof createECDH>, bytes: Uint8Array): boolean {
  try {
    curve.setPrivateKey(bytes);
    return true;
  } catch {
    return false; // setPrivateKey has no other way to say no
  }
}
