/** The patterns of `Resource` or `NotResource`: whole texts, finished patterns, and open ones. */

import type { Context } from "../match/context.ts";
import type { Glob } from "../match/glob.ts";
import type { Pattern } from "../match/pattern.ts";
import type { ResourceTest } from "./policy.ts";

/** Whether something is so for everyone, for no one, or that depends on who asks. */
export type Certainty = "yes" | "no" | "depends";

export class Resources {
  readonly #not: boolean;
  readonly #texts: readonly string[];
  readonly #globs: readonly Glob[];
  /** Those with a variable. */
  readonly #open: readonly Pattern[];

  private constructor(not: boolean, finished: readonly Glob[], open: readonly Pattern[]) {
    this.#not = not;
    this.#texts = finished.flatMap(({ literal }) => literal ?? []);
    this.#globs = finished.filter(({ literal }) => literal === undefined);
    this.#open = open;
  }

  static of({ not, patterns }: ResourceTest): Resources {
    const open = patterns.filter(({ closed }) => closed === undefined);
    return new Resources(
      not,
      patterns.flatMap(({ closed }) => closed ?? []),
      open,
    );
  }

  /** A variable that became nothing left no pattern at all. */
  get isNever(): boolean {
    const count = this.#texts.length + this.#globs.length + this.#open.length;
    return count === 0 && !this.#not;
  }

  match(resource: string, context: Context): boolean {
    if (this.#matchesFinished(resource)) return !this.#not;
    for (const pattern of this.#open) if (pattern.matches(resource, context)) return !this.#not;
    return this.#not;
  }

  /** Whether they match for everyone, for no one, or that depends. */
  matchForEveryone(resource: string): Certainty {
    if (this.#matchesFinished(resource)) return this.#not ? "no" : "yes";
    if (this.#open.some((pattern) => pattern.widest.matches(resource))) return "depends";
    return this.#not ? "yes" : "no";
  }

  /** With the variables that the context settles replaced; itself when it settles none. */
  bind(context: Context): Resources {
    const settled = this.#open.filter((pattern) => pattern.isSettledBy(context));
    if (settled.length === 0) return this;
    const texts = this.#texts.map(
      (literal): Glob => ({ literal, matches: (text) => text === literal }),
    );
    return new Resources(
      this.#not,
      [...texts, ...this.#globs, ...settled.flatMap((pattern) => pattern.resolve(context) ?? [])],
      this.#open.filter((pattern) => !settled.includes(pattern)),
    );
  }

  #matchesFinished(resource: string): boolean {
    // Not a Set: texts mostly differ in length, and a set would read each new one to hash it.
    for (const text of this.#texts) if (text === resource) return true;
    for (const glob of this.#globs) if (glob.matches(resource)) return true;
    return false;
  }
}
