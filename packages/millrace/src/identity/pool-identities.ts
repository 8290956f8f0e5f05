/**
 * Identities of a pool, given out without being stored: `region:uuid`, where the UUID carries its
 * own proof.
 *
 *     bytes 0..9   random, but for the version and variant of a UUID: 74 bits
 *     bytes 10..15 a keyed check over pool and random part: 48 bits
 *
 * One that belongs to a login has a keyed hash of the login in place of the random part, and its
 * check is keyed otherwise.
 *
 * So one that this deployment did not give out, or gave out for another pool, is known as such. As
 * on AWS a guest's id is all that it takes to be that guest again: it is a secret of its browser.
 */

import type { Random } from "../base/mod.ts";
import type { DeploymentSecret } from "./deployment-secret.ts";
import { isSameText, mac } from "./encodings.ts";

const randomDigits = 20;
const checkDigits = 12;

export class PoolIdentities {
  readonly #key: Uint8Array;
  readonly #loginKey: Uint8Array;
  readonly #region: string;
  readonly #random: Random;

  constructor(secret: DeploymentSecret, { region, random }: { region: string; random: Random }) {
    this.#key = secret.derive("identities of pools");
    this.#loginKey = secret.derive("identities of logins");
    this.#region = region;
    this.#random = random;
  }

  give(poolId: string): string {
    return this.#made(this.#key, poolId, this.#random.bytes(randomDigits / 2));
  }

  /** The same each time for the same login. */
  ofLogin(poolId: string, provider: string, subject: string): string {
    const login = JSON.stringify([poolId, provider, subject]);
    const hash = new Uint8Array(mac(this.#loginKey, login)).subarray(0, randomDigits / 2);
    return this.#made(this.#loginKey, poolId, hash);
  }

  /** Whether it was given out here for this pool, to a guest. */
  isOf(poolId: string, identityId: string): boolean {
    return this.#fits(this.#key, poolId, identityId);
  }

  /** Whether it belongs to a login in this pool. */
  isOfLogin(poolId: string, identityId: string): boolean {
    return this.#fits(this.#loginKey, poolId, identityId);
  }

  #made(key: Uint8Array, poolId: string, bytes: Uint8Array): string {
    bytes[6] = (bytes[6]! & 0x0f) | 0x40;
    bytes[8] = (bytes[8]! & 0x3f) | 0x80;
    const drawn = Buffer.from(bytes).toString("hex");
    const digits = drawn + checkOf(key, poolId, drawn);
    const uuid = digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    return `${this.#region}:${uuid}`;
  }

  #fits(key: Uint8Array, poolId: string, identityId: string): boolean {
    const { form, drawn, check } = parts(identityId);
    if (!form) return false;
    const isOurs = isSameText(check, checkOf(key, poolId, drawn));
    return isOurs && identityId.startsWith(`${this.#region}:`);
  }
}

function checkOf(key: Uint8Array, poolId: string, drawn: string): string {
  return mac(key, `${poolId} ${drawn}`).toString("hex").slice(0, checkDigits);
}

function parts(identityId: string) {
  const match = /^[\w-]+:([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/.exec(identityId);
  const digits = (match?.[1] ?? "").replaceAll("-", "");
  return {
    form: match !== null,
    drawn: digits.slice(0, randomDigits),
    check: digits.slice(randomDigits),
  };
}
