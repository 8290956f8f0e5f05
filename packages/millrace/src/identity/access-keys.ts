/**
 * Long-term access keys. A key's secret is derived from its id and stands nowhere; what is kept is
 * that the key was made, and for whom. A key that is not kept any more is worth nothing.
 *
 * A key is the owner's (`root`) or stands for a role of the template, with no more rights than the
 * role has.
 */

import type { Clock, Random } from "../base/mod.ts";
import type { DeploymentSecret } from "./deployment-secret.ts";
import { secretFor } from "./encodings.ts";
import { KeyIds } from "./key-ids.ts";
import type { KeyStore } from "./key-store.ts";

export interface AccessKey {
  readonly accessKeyId: string;
  /** Absent: the account's owner. */
  readonly roleName?: string;
  /** What its owner calls it; also the name of its sessions. */
  readonly name?: string;
  readonly createdAtMs: number;
}

export interface AccessKeysOptions {
  readonly keys: KeyStore;
  readonly secret: DeploymentSecret;
  readonly clock: Clock;
  readonly random: Random;
}

export type KeyWithSecret = AccessKey & { readonly secretAccessKey: string };

export class AccessKeys {
  readonly #options: AccessKeysOptions;
  readonly #ids: KeyIds;
  readonly #secretKey: Uint8Array;

  constructor(options: AccessKeysOptions) {
    this.#options = options;
    this.#ids = new KeyIds(options.secret);
    this.#secretKey = options.secret.derive("secrets of access keys");
  }

  /** The owner's oldest key, which is made where there is none. */
  ownKey(): KeyWithSecret {
    const known = this.list().find(({ roleName }) => roleName === undefined);
    return known ? this.#withSecret(known) : this.make({});
  }

  /** In the order in which they were made. */
  list(): AccessKey[] {
    const keys = [...this.#options.keys.read().values()];
    return keys.sort((one, other) => one.createdAtMs - other.createdAtMs);
  }

  /** Answers once it is kept. Throws a `WorldError` when it cannot be, or there are too many. */
  make(about: Pick<AccessKey, "roleName" | "name">): KeyWithSecret {
    const { clock, random, keys } = this.#options;
    const accessKeyId = this.#ids.make("AKIA", random);
    const key: AccessKey = { accessKeyId, ...about, createdAtMs: clock.now() };
    keys.change((known) => [...known, key]);
    return this.#withSecret(key);
  }

  /** False: there is no such key. */
  revoke(accessKeyId: string): boolean {
    if (!this.#options.keys.read().has(accessKeyId)) return false;
    this.#options.keys.change((known) => known.filter((key) => key.accessKeyId !== accessKeyId));
    return true;
  }

  /** `undefined` when there is no such key. */
  find(accessKeyId: string): KeyWithSecret | undefined {
    const key = this.#options.keys.read().get(accessKeyId);
    return key && this.#withSecret(key);
  }

  #withSecret(key: AccessKey): KeyWithSecret {
    return { ...key, secretAccessKey: secretFor(this.#secretKey, key.accessKeyId) };
  }
}
