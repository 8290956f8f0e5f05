/**
 * What an open connection may do where that can change: it is looked at again after every change of
 * the registry, so the connection feels it with its next packet.
 */

import type { TopicAccess } from "./mqtt-access.ts";

export interface Renewal<Rights> {
  /** Another number after every change. */
  readonly version: () => number;
  readonly rights: () => Rights;
  /** Whether the two give the same. */
  readonly isSame: (left: Rights, right: Rights) => boolean;
  readonly make: (rights: Rights) => TopicAccess;
  readonly first: { readonly rights: Rights; readonly access: TopicAccess };
}

/** Asks what was made of the registry as it is now; it is made anew when that is something else. */
export class RenewedAccess<Rights> implements TopicAccess {
  readonly #renewal: Renewal<Rights>;
  #version: number;
  #rights: Rights;
  #access: TopicAccess;

  constructor(renewal: Renewal<Rights>) {
    this.#renewal = renewal;
    this.#version = renewal.version();
    this.#rights = renewal.first.rights;
    this.#access = renewal.first.access;
  }

  mayPublish(topic: string, retain: boolean): boolean {
    return this.#now().mayPublish(topic, retain);
  }

  maySubscribe(filter: string): boolean {
    return this.#now().maySubscribe(filter);
  }

  mayReceive(topic: string): boolean {
    return this.#now().mayReceive(topic);
  }

  #now(): TopicAccess {
    const version = this.#renewal.version();
    if (version === this.#version) return this.#access;
    this.#version = version;
    const rights = this.#renewal.rights();
    if (this.#renewal.isSame(rights, this.#rights)) return this.#access;
    this.#rights = rights;
    this.#access = this.#renewal.make(rights);
    return this.#access;
  }
}
