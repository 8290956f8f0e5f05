/**
 * Trees: what must hold at each place of an event, with no `$or` left. A condition becomes as many
 * trees as its alternatives multiply to, and an event matches when it matches one of them.
 *
 * A list in an event stands for each of its elements, however deep lists are nested. Fields that
 * are below one list must hold in one element together, not one here and another there. [Event
 * Ruler: JSON array matching] That a field is absent means that the whole event has no value there.
 */

import type { Matcher } from "./matchers.ts";
import { type Condition, isMatchers } from "./parse.ts";

export interface Tree {
  /** Of each list one matcher must hold. */
  readonly lists: readonly (readonly Matcher[])[];
  readonly fields: ReadonlyMap<string, Tree>;
}

const emptyTree: Tree = { lists: [], fields: new Map() };

/** The trees that say together what the condition says. */
export function treesOf({ fields, choices }: Condition): Tree[] {
  let trees: Tree[] = [emptyTree];
  for (const [name, field] of fields) {
    const inner = isMatchers(field) ? [{ ...emptyTree, lists: [field] }] : treesOf(field);
    trees = multiply(
      trees,
      inner.map((tree) => ({ lists: [], fields: new Map([[name, tree]]) })),
    );
  }
  for (const choice of choices) trees = multiply(trees, choice.flatMap(treesOf));
  return trees;
}

function multiply(left: readonly Tree[], right: readonly Tree[]): Tree[] {
  return left.flatMap((one) => right.map((other) => merge(one, other)));
}

function merge(left: Tree, right: Tree): Tree {
  const fields = new Map(left.fields);
  for (const [name, tree] of right.fields) {
    const known = fields.get(name);
    fields.set(name, known ? merge(known, tree) : tree);
  }
  return { lists: [...left.lists, ...right.lists], fields };
}
