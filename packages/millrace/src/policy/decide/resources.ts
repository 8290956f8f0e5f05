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

  private constructor(not: boolean, finished: Finished, open: readonly Pattern[]) {
    this.#not = not;
    this.#texts = finished.texts;
    this.#globs = finished.globs;
    this.#open = open;
  }

  static of({ not, patterns }: ResourceTest): Resources {
    const finished = sort(patterns.flatMap(({ closed }) => closed ?? []));
    const open = patterns.filter(({ closed }) => closed === undefined);
    return new Resources(not, finished, open);
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
    const { texts, globs } = sort(settled.flatMap((pattern) => pattern.resolve(context) ?? []));
    const finished = {
      texts: texts.length === 0 ? this.#texts : [...this.#texts, ...texts],
      globs: globs.length === 0 ? this.#globs : [...this.#globs, ...globs],
    };
    const isAll = settled.length === this.#open.length;
    const open = isAll ? none : this.#open.filter((pattern) => !settled.includes(pattern));
    return new Resources(this.#not, finished, open);
  }

  #matchesFinished(resource: string): boolean {
    // Not a Set: texts mostly differ in length, and a set would read each new one to hash it.
    for (const text of this.#texts) if (text === resource) return true;
    for (const glob of this.#globs) if (glob.matches(resource)) return true;
    return false;
  }
}

const none: readonly Pattern[] = [];

/** Patterns that match one text each, apart from the others. */
interface Finished {
  readonly texts: readonly string[];
  readonly globs: readonly Glob[];
}

function sort(globs: readonly Glob[]): Finished {
  return {
    texts: globs.flatMap(({ literal }) => literal ?? []),
    globs: globs.filter(({ literal }) => literal === undefined),
  };
}
