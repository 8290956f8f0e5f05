/**
 * Which rules there are: by their name, and those that are enabled by the topics they want.
 *
 * A rule here is a value that never changes; to change one is to put another in its place. Whoever
 * has asked for the rules of a topic keeps what was answered, so a message sees one state of the
 * rules, whatever happens while it waits. What a rule has done is counted by name and goes on when
 * the rule is replaced.
 */

import { FilterTree } from "./filter-tree.ts";
import type { Rule } from "./load.ts";
import { RuleTally } from "./tally.ts";

export interface RegisteredRule {
  readonly rule: Rule;
  readonly enabled: boolean;
  readonly tally: RuleTally;
}

export class Registry {
  readonly #rules = new Map<string, RegisteredRule>();
  readonly #tree = new FilterTree<RegisteredRule>();
  readonly #onPut: (rule: Rule, former: Rule | undefined) => void;

  /** `onPut` is told of each rule when it comes, and whose place it takes. */
  constructor(onPut: (rule: Rule, former: Rule | undefined) => void = () => {}) {
    this.#onPut = onPut;
  }

  /** The enabled rules whose filter matches; empty when there is none. Not to be changed. */
  match(topic: string): readonly RegisteredRule[] {
    return this.#tree.match(topic);
  }

  /** Whether the filter of an enabled rule begins with this level. */
  hasRoot(level: string): boolean {
    return this.#tree.hasRoot(level);
  }

  named(name: string): RegisteredRule | undefined {
    return this.#rules.get(name);
  }

  /** In the order in which they first came. */
  all(): Iterable<RegisteredRule> {
    return this.#rules.values();
  }

  /** A new rule, or one in the place of that of the same name. */
  put(rule: Rule, { enabled }: { readonly enabled: boolean }): void {
    const former = this.#rules.get(rule.name);
    if (former) this.#leaveTree(former);
    const tally = former?.tally ?? new RuleTally(rule.name);
    tally.expect(rule.actions.map(({ kind }) => kind));
    const registered = { rule, enabled, tally };
    this.#rules.set(rule.name, registered);
    const { topicFilter } = rule;
    if (enabled && topicFilter !== undefined) this.#tree.add(topicFilter, registered);
    this.#onPut(rule, former?.rule);
  }

  /** False when there is none of that name. */
  remove(name: string): boolean {
    const former = this.#rules.get(name);
    if (former) this.#leaveTree(former);
    return this.#rules.delete(name);
  }

  #leaveTree(former: RegisteredRule): void {
    const { topicFilter } = former.rule;
    if (former.enabled && topicFilter !== undefined) this.#tree.remove(topicFilter, former);
  }
}
