/**
 * Reads the members of a request that stand in its query, and keeps the first thing that is wrong.
 *
 * A reader answers something usable in any case, so that an operation reads all its members and
 * then asks once for the problem. What an operation does not know is refused by name.
 */

import type { RestTarget } from "../aws/mod.ts";

export interface IntegerBounds {
  readonly min: number;
  readonly max: number;
}

export class Query {
  readonly #values: URLSearchParams;
  #problem: string | undefined;

  constructor(
    { target }: { readonly target: RestTarget },
    operation: string,
    known: readonly string[] = [],
  ) {
    this.#values = target.query;
    for (const name of this.#values.keys()) {
      if (!known.includes(name)) this.report(`"${name}" of ${operation} is not implemented`);
      if (this.#values.getAll(name).length > 1) this.report(`${name} is there more than once`);
    }
  }

  /** The first one. */
  get problem(): string | undefined {
    return this.#problem;
  }

  report(problem: string): void {
    this.#problem ??= problem;
  }

  text(name: string): string | undefined {
    return this.#values.get(name) ?? undefined;
  }

  /** False when it is absent. */
  flag(name: string): boolean {
    const text = this.text(name) ?? "false";
    if (text !== "true" && text !== "false") {
      this.report(`${name} "${text}" is neither true nor false`);
    }
    return text === "true";
  }

  /** `undefined` when it is absent. */
  integer(name: string, { min, max }: IntegerBounds): number | undefined {
    const text = this.text(name);
    if (text === undefined) return undefined;
    const value = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (value >= min && value <= max) return value;
    const upTo = max === Number.MAX_SAFE_INTEGER ? `${min} or more` : `from ${min} to ${max}`;
    this.report(`${name} "${text}" is no whole number ${upTo}`);
    return min;
  }
}
