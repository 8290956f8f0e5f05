/** Topic aliases of MQTT 5 (3.3.2.3.4), as each side of a connection keeps them. */

import type { Publish } from "@millrace/mqtt";

/** What the other side may abbreviate. */
export class ReceiverAliases {
  readonly #topics = new Map<number, string>();

  /** The topic that is meant; `undefined` for an alias that stands for none or is not allowed. */
  topicOf({ topic, properties }: Publish, aliasMax: number): string | undefined {
    const alias = properties?.topicAlias;
    if (alias === undefined) return topic;
    if (alias > aliasMax) return undefined;
    if (topic !== "") this.#topics.set(alias, topic);
    return this.#topics.get(alias);
  }
}

/** What this side abbreviates: the first topics that come, as many as the other side allows. */
export class SenderAliases {
  readonly #numbers = new Map<string, number>();
  readonly #aliasMax: number;

  constructor(aliasMax: number) {
    this.#aliasMax = aliasMax;
  }

  /** The alias to send with the topic, or when it is `known` instead of it. */
  take(topic: string): { readonly number: number; readonly known: boolean } | undefined {
    const number = this.#numbers.get(topic);
    if (number !== undefined) return { number, known: true };
    if (this.#numbers.size >= this.#aliasMax) return undefined;
    this.#numbers.set(topic, this.#numbers.size + 1);
    return { number: this.#numbers.size, known: false };
  }
}
