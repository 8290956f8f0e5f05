/**
 * Topic aliases of one connection (MQTT 5, 3.3.2.3.4): numbers that stand for topics, in each
 * direction its own.
 */

/** Those that the client gives. [MQTT5-3.3.2-7] */
export class InboundAliases {
  readonly #topics = new Map<number, string>();

  set(alias: number, topic: string): void {
    this.#topics.set(alias, topic); // [MQTT5-3.3.2-12]
  }

  get(alias: number): string | undefined {
    return this.#topics.get(alias);
  }
}

/**
 * Those that the server gives, first come, first served: a client mostly hears a few topics again
 * and again. `remember` comes after the packet that tells the client is certain to be sent.
 */
export class OutboundAliases {
  readonly #countMax: number;
  readonly #aliases = new Map<string, number>();

  constructor(countMax: number) {
    this.#countMax = countMax; // [MQTT5-3.1.2-26] [MQTT5-3.3.2-11]
  }

  /** The alias that the client knows for `topic`; 0 without. */
  known(topic: string): number {
    return this.#aliases.get(topic) ?? 0;
  }

  /** An alias that is still free; 0 when there is none. */
  get free(): number {
    return this.#aliases.size < this.#countMax ? this.#aliases.size + 1 : 0;
  }

  remember(topic: string, alias: number): void {
    this.#aliases.set(topic, alias);
  }
}
