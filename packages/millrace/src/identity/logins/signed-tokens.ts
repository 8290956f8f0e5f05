/** Signatures and claims of tokens, by the keys of whoever issued them. */

import { errors, type JWTPayload, type JWTVerifyOptions, jwtVerify } from "jose";
import type { KeySets, KeySource } from "./key-sets.ts";
import { loginLimits as limits } from "./limits.ts";

export type SignedResult =
  | { readonly claims: JWTPayload }
  /** It does not hold; `JWKSNoMatchingKey`: also not with the issuer's newest keys. */
  | { readonly error: Error }
  /** What of the issuer's cannot be had. */
  | { readonly unreachable: "discovery" | "keys" };

export interface Verifying {
  readonly keySets: KeySets;
  /** The algorithms are always said: they are not for a token to choose. */
  readonly options: JWTVerifyOptions & { readonly algorithms: string[] };
}

/** Whether it is three parts, and not too long. */
export function hasTokenForm(token: string): boolean {
  return token.length <= limits.tokenCharactersMax && /^[\w-]+\.[\w-]+\.[\w-]+$/.test(token);
}

/** Asks for newer keys where none fits. Never rejects for what a token is. */
export async function verifySigned(
  token: string,
  source: KeySource,
  { keySets, options }: Verifying,
): Promise<SignedResult> {
  const keys = await keySets.of(source);
  if (!keys) return { unreachable: keySets.failureOf(source) };
  const first = await verifyWith(token, keys, options);
  if (!("error" in first) || !(first.error instanceof errors.JWKSNoMatchingKey)) return first;
  const newer = await keySets.newerThan(keys, source);
  return newer ? verifyWith(token, newer, options) : first;
}

async function verifyWith(
  token: string,
  keys: Parameters<typeof jwtVerify>[1],
  options: JWTVerifyOptions,
): Promise<{ readonly claims: JWTPayload } | { readonly error: Error }> {
  try {
    const { payload } = await jwtVerify(token, keys as never, options);
    return { claims: payload };
  } catch (error) {
    // A key that is broken or too short for its algorithm; the library throws the latter two.
    const isKnown = [errors.JOSEError, TypeError, DOMException].some((one) => error instanceof one);
    if (isKnown) return { error: error as Error };
    throw error;
  }
}
