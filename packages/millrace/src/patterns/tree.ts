/**
 * Trees: what must hold at each place of an event, with no `$or` left. A condition becomes as many
 * trees as its alternatives multiply to, and an event matches when it matches one of them.
 *
 * A list in an event stands for each of its elements, however deep lists are nested. Fields that
 * are below one list must hold in one element together, not one here and another there. [Event
 * Ruler: JSON array matching] That a field is absent means that the whole event has no value there.
 */

import { type EventValue, isEventObject, isList, type Scalar } from "./event.ts";
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

export function treeMatches(tree: Tree, event: EventValue): boolean {
  return matches({ tree, path: [], value: event, event });
}

interface Place {
  readonly tree: Tree;
  readonly path: readonly string[];
  readonly value: EventValue | undefined;
  readonly event: EventValue;
}

function matches(place: Place): boolean {
  const { tree, path, value, event } = place;
  const holds = (matcher: Matcher) =>
    matcher === "absent" ? !hasValue(event, path, 0) : someScalar(value, matcher);
  if (!tree.lists.every((list) => list.some(holds))) return false;
  return tree.fields.size === 0 || fieldsMatch(place);
}

function fieldsMatch(place: Place): boolean {
  const { tree, path, value } = place;
  if (isList(value) && value.length > 0) {
    return value.some((element) => fieldsMatch({ ...place, value: element }));
  }
  const members = isEventObject(value) ? value : {};
  for (const [name, inner] of tree.fields) {
    const member = Object.hasOwn(members, name) ? members[name] : undefined;
    if (!matches({ ...place, tree: inner, path: [...path, name], value: member })) return false;
  }
  return true;
}

/** Whether the test holds for the value, or for one in the list; maps are no values. */
function someScalar(value: EventValue | undefined, test: (value: Scalar) => boolean): boolean {
  if (value === undefined || isEventObject(value)) return false;
  if (isList(value)) return value.some((element) => someScalar(element, test));
  return test(value);
}

function hasValue(value: EventValue | undefined, path: readonly string[], depth: number): boolean {
  if (isList(value)) return value.some((element) => hasValue(element, path, depth));
  if (depth === path.length) return value !== undefined && !isEventObject(value);
  const name = path[depth]!;
  if (!isEventObject(value) || !Object.hasOwn(value, name)) return false;
  return hasValue(value[name], path, depth + 1);
}
