/**
 * Decisions that are the same for everyone who has a policy set, remembered by action and resource.
 *
 * A room's message goes to a thousand readers who mostly have the same policies. Whether they may
 * receive it depends on the reader only where a statement with a variable or condition could match
 * this topic; where none could, one look-up answers for all of them.
 *
 * *Bound*: two halves of at most `max` resources each; when the younger is full it becomes the
 * older, and what the older had is forgotten, so that what is asked for often stays. Very long
 * resources are not remembered at all.
 *
 * *Invalidation*: there is none to do. A compiled policy never changes, and only what depends on
 * nothing but policies, action and resource is remembered: no key, no clock. When policies change,
 * make a new set, and a new one of these for it; the old goes with the old set.
 */

import { policyLimits } from "../limits.ts";
import { decideForEveryone } from "./action-table.ts";
import type { Decision } from "./decision.ts";
import type { PolicySet } from "./policy-set.ts";
import { tableOf } from "./set-tables.ts";

/** `depends`: ask each one's bound set. */
export type SharedDecision = Decision | "depends";

export class SharedDecisions {
  readonly #set: PolicySet;
  readonly #max: number;
  #young = new Map<string, Map<string, SharedDecision>>();
  #old = new Map<string, Map<string, SharedDecision>>();
  #youngCount = 0;

  constructor(set: PolicySet, max: number = policyLimits.sharedDecisionsMax) {
    this.#set = set;
    this.#max = max;
  }

  /** How many are remembered; never more than twice the bound. */
  get size(): number {
    let count = this.#youngCount;
    for (const byResource of this.#old.values()) count += byResource.size;
    return count;
  }

  of(action: string, resource: string): SharedDecision {
    const young = this.#young.get(action)?.get(resource);
    if (young !== undefined) return young;
    const decision = this.#old.get(action)?.get(resource) ?? this.#decide(action, resource);
    if (resource.length <= policyLimits.sharedResourceCharactersMax) {
      this.#remember(action, resource, decision);
    }
    return decision;
  }

  #decide(action: string, resource: string): SharedDecision {
    return decideForEveryone(tableOf(this.#set, action), resource) ?? "depends";
  }

  #remember(action: string, resource: string, decision: SharedDecision): void {
    if (this.#youngCount >= this.#max) {
      this.#old = this.#young;
      this.#young = new Map();
      this.#youngCount = 0;
    }
    let byResource = this.#young.get(action);
    if (!byResource) {
      byResource = new Map();
      this.#young.set(action, byResource);
    }
    byResource.set(resource, decision);
    this.#youngCount += 1;
  }
}
