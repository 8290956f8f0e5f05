/**
 * Matching: all trees of a pattern at once, in one walk over the event. Trees that `$or` has
 * multiplied share most of what they say, and each matcher is asked once for a value, however many
 * trees have it.
 *
 * A set of trees is a number with a bit for each. An event matches when a tree is left of all.
 */

import { type EventValue, isEventObject, isList, type Scalar } from "./event.ts";
import type { Matcher } from "./matchers.ts";
import type { Tree } from "./tree.ts";

/** A place in an event, and which trees say something of it. */
interface Place {
  readonly path: readonly string[];
  /** Of each list one matcher must hold. */
  readonly lists: Map<readonly Matcher[], bigint>;
  readonly fields: Map<string, Place>;
  trees: bigint;
  /** Those of the trees that say something of its fields. */
  treesBelow: bigint;
}

export class Forest {
  readonly #root = placeAt([]);

  constructor(trees: readonly Tree[]) {
    for (const [index, tree] of trees.entries()) plant(this.#root, tree, 1n << BigInt(index));
  }

  matches(event: EventValue): boolean {
    return new Walk(event).holding(this.#root, event, this.#root.trees) !== 0n;
  }
}

function placeAt(path: readonly string[]): Place {
  return { path, lists: new Map(), fields: new Map(), trees: 0n, treesBelow: 0n };
}

function plant(place: Place, tree: Tree, bit: bigint): void {
  place.trees |= bit;
  for (const list of tree.lists) place.lists.set(list, (place.lists.get(list) ?? 0n) | bit);
  if (tree.fields.size > 0) place.treesBelow |= bit;
  for (const [name, inner] of tree.fields) {
    const field = place.fields.get(name) ?? placeAt([...place.path, name]);
    place.fields.set(name, field);
    plant(field, inner, bit);
  }
}

class Walk {
  readonly #event: EventValue;
  /** Of places that were asked for: once for the event, not for each element of its lists. */
  readonly #absences = new Map<Place, boolean>();

  constructor(event: EventValue) {
    this.#event = event;
  }

  /** Those of the trees that hold for the value at the place. */
  holding(place: Place, value: EventValue | undefined, trees: bigint): bigint {
    let left = trees;
    const holds = (matcher: Matcher) =>
      matcher === "absent" ? this.#isAbsent(place) : someScalar(value, matcher);
    for (const [list, those] of place.lists) {
      if ((left & those) !== 0n && !list.some(holds)) left &= ~those;
    }
    const below = left & place.treesBelow;
    return below === 0n ? left : (left & ~below) | this.#fieldsHolding(place, value, below);
  }

  #fieldsHolding(place: Place, value: EventValue | undefined, trees: bigint): bigint {
    if (isList(value) && value.length > 0) return this.#someHolding(place, value, trees);
    const members = isEventObject(value) ? value : {};
    let left = trees;
    for (const [name, field] of place.fields) {
      const those = left & field.trees;
      if (those === 0n) continue;
      const member = Object.hasOwn(members, name) ? members[name] : undefined;
      left = (left & ~those) | this.holding(field, member, those);
    }
    return left;
  }

  /** One element must do for all that a tree says below the list. */
  #someHolding(place: Place, list: readonly EventValue[], trees: bigint): bigint {
    let found = 0n;
    for (const element of list) {
      found |= this.#fieldsHolding(place, element, trees & ~found);
      if (found === trees) break;
    }
    return found;
  }

  #isAbsent(place: Place): boolean {
    const known = this.#absences.get(place);
    if (known !== undefined) return known;
    const answer = !hasValue(this.#event, place.path, 0);
    this.#absences.set(place, answer);
    return answer;
  }
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
