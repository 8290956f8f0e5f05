/**
 * Long-term access keys. A key's secret is derived from its id and stands nowhere; what is stored
 * is that the key was made, and for whom. All are in memory, because every signature asks.
 *
 * The only user so far is the account's owner, `root`.
 */

import { type Clock, type Random, textOf, utf8 } from "../base/mod.ts";
import type { Records } from "../storage/mod.ts";
import type { DeploymentSecret } from "./deployment-secret.ts";
import { idLetters, secretFor } from "./encodings.ts";
import { identityLimits } from "./limits.ts";

export interface AccessKey {
  readonly accessKeyId: string;
  readonly owner: "root";
  readonly createdAtMs: number;
}

export interface AccessKeysOptions {
  readonly records: Records;
  readonly secret: DeploymentSecret;
  readonly clock: Clock;
  readonly random: Random;
}

const space = "access-keys";

export class AccessKeys {
  readonly #options: AccessKeysOptions;
  readonly #secretKey: Uint8Array;
  readonly #keys = new Map<string, AccessKey>();

  constructor(options: AccessKeysOptions) {
    this.#options = options;
    this.#secretKey = options.secret.derive("secrets of access keys");
  }

  /** Brings back what is stored. Answers with the first key, which is made where there is none. */
  async start(): Promise<AccessKey> {
    const { records } = this.#options;
    const entries = await records.range({ space, countMax: identityLimits.accessKeysMax });
    for (const { value } of entries) {
      const key = JSON.parse(textOf(value)) as AccessKey;
      this.#keys.set(key.accessKeyId, key);
    }
    const oldest = this.list()[0];
    return oldest ?? (await this.make());
  }

  /** In the order in which they were made. */
  list(): AccessKey[] {
    return [...this.#keys.values()].sort((one, other) => one.createdAtMs - other.createdAtMs);
  }

  /** Answers once it is stored. */
  async make(): Promise<AccessKey> {
    const { clock, random } = this.#options;
    const accessKeyId = `AKIA${idLetters(random.bytes(16))}`;
    const key: AccessKey = { accessKeyId, owner: "root", createdAtMs: clock.now() };
    await this.#store(accessKeyId, utf8(JSON.stringify(key)));
    this.#keys.set(accessKeyId, key);
    return key;
  }

  /** `undefined` when there is no such key. */
  find(accessKeyId: string): (AccessKey & { readonly secretAccessKey: string }) | undefined {
    const key = this.#keys.get(accessKeyId);
    return key && { ...key, secretAccessKey: secretFor(this.#secretKey, accessKeyId) };
  }

  #store(accessKeyId: string, value: Uint8Array): Promise<void> {
    const address = { space, key: utf8(accessKeyId) };
    return this.#options.records.update([], () => ({
      changes: [{ ...address, value }],
      result: undefined,
    }));
  }
}
