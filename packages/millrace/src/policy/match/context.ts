/**
 * What a request or connection says about itself: condition keys and their values.
 *
 * Keys compare without case, except for the attribute's name in
 * `iot:Connection.Thing.Attributes[name]`, because things may have `Room` and `room`. A key with no
 * values is the same as a key that is absent; but it is *settled*: whoever binds a policy set to a
 * connection says with it that no later request will bring that key.
 */

import { policyLimits } from "../limits.ts";
import type { Variable } from "./pieces.ts";

/**
 * Texts as policies compare them: numbers and booleans as text, times as ISO 8601, bytes as base64.
 */
export type ContextKeys = Readonly<Record<string, string | readonly string[]>>;

const noValues: readonly string[] = [];

export class Context {
  readonly #values: ReadonlyMap<string, readonly string[]>;

  constructor(keys: ContextKeys | ReadonlyMap<string, readonly string[]> = {}) {
    this.#values = keys instanceof Map ? keys : normalizeKeys(keys as ContextKeys);
  }

  /** The values of a normalized key; empty when it is absent. */
  valuesOf(key: string): readonly string[] {
    return this.#values.get(key) ?? noValues;
  }

  /** Whether it is known what the key is, absent included. */
  settles(key: string): boolean {
    return this.#values.has(key);
  }

  /** With more keys; those that stand here already stay as they are, whoever says otherwise. */
  extend(keys: ContextKeys | undefined): Context {
    if (keys === undefined) return this;
    return new Context(new Map([...normalizeKeys(keys), ...this.#values]));
  }

  /**
   * What a variable becomes, as text; `undefined` when nothing. A key with several values cannot
   * stand in for one text. [IAM: variables]
   */
  resolve(variable: Variable): string | undefined {
    const values = this.valuesOf(variable.key);
    if (values.length === 0) return variable.fallback;
    const value = values[0]!;
    if (values.length > 1) return undefined;
    return isReplaceable(variable.key, value) ? value : variable.shown;
  }
}

/**
 * What a certificate says is put in only when harmless as topic and pattern. [IoT: X.509 variables]
 */
function isReplaceable(key: string, value: string): boolean {
  if (!key.startsWith("iot:certificate")) return true;
  return value.length <= policyLimits.certificateValueCharactersMax && !/[*$+?#]/.test(value);
}

/** In lower case, but for what stands in brackets. */
export function normalizeKey(key: string): string {
  const bracket = key.indexOf("[");
  if (bracket < 0) return key.toLowerCase();
  return key.slice(0, bracket).toLowerCase() + key.slice(bracket);
}

function normalizeKeys(keys: ContextKeys): Map<string, readonly string[]> {
  return new Map(
    Object.entries(keys).map(([key, given]) => [
      normalizeKey(key),
      typeof given === "string" ? [given] : given,
    ]),
  );
}
