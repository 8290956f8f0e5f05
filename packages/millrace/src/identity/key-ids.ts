/**
 * Access key ids: eleven random letters and five that only this deployment can compute, so that it
 * knows its own, also those that it has taken back. Any other key is somebody else's.
 */

import type { Random } from "../base/mod.ts";
import type { DeploymentSecret } from "./deployment-secret.ts";
import { idLetters, isSameText, mac } from "./encodings.ts";

const randomLetters = 11;
const checkLetters = 5;

export class KeyIds {
  readonly #key: Uint8Array;

  constructor(secret: DeploymentSecret) {
    this.#key = secret.derive("ids of access keys");
  }

  /** `AKIA`: for as long as it is not taken back; `ASIA`: beside a session token alone. */
  make(prefix: "AKIA" | "ASIA", random: Random): string {
    const start = prefix + idLetters(random.bytes(randomLetters));
    return start + this.#check(start);
  }

  isOurs(accessKeyId: string): boolean {
    if (!/^A[KS]IA[A-Z2-7]{16}$/.test(accessKeyId)) return false;
    const start = accessKeyId.slice(0, -checkLetters);
    return isSameText(this.#check(start), accessKeyId.slice(-checkLetters));
  }

  #check(start: string): string {
    return idLetters(mac(this.#key, start).subarray(0, checkLetters));
  }
}
