/**
 * Signing keys: derived from a secret for a day, a region and a service in four steps, and kept,
 * because clients sign many requests with the same one.
 */

import { createHmac } from "node:crypto";
import { scopeText } from "./canonical.ts";
import type { CredentialScope } from "./claim.ts";

const keptMax = 10_000;

export class SigningKeys {
  /** The one that was asked for longest ago first. */
  readonly #keys = new Map<string, Uint8Array>();

  get(secretAccessKey: string, scope: CredentialScope): Uint8Array {
    const name = `${scopeText(scope)} ${secretAccessKey}`;
    const known = this.#keys.get(name);
    if (known) this.#keys.delete(name);
    const key = known ?? deriveSigningKey(secretAccessKey, scope);
    this.#keys.set(name, key);
    if (this.#keys.size > keptMax) this.#keys.delete(this.#keys.keys().next().value!);
    return key;
  }
}

export function deriveSigningKey(secretAccessKey: string, scope: CredentialScope): Uint8Array {
  const steps = [scope.date, scope.region, scope.service, "aws4_request"];
  return steps.reduce<Uint8Array | string>(hmac, `AWS4${secretAccessKey}`) as Uint8Array;
}

export function hmac(key: Uint8Array | string, text: string): Uint8Array {
  return createHmac("sha256", key).update(text).digest();
}
