/**
 * Document paths, and trees of paths.
 *
 * A tree gathers paths that were checked not to overlap, so that one walk over an item serves all
 * of them; every position in a list then means the list as it was before the walk.
 */

import { type AttributeMap, type AttributeValue, attributeOf } from "./attribute-value.ts";
import { messages, refuse } from "./errors.ts";

/** Names and list positions; the first is always a name. */
export type Path = readonly (string | number)[];

/** What stands at the path, or `undefined`. */
export function valueAt(item: AttributeMap, path: Path): AttributeValue | undefined {
  let value: AttributeValue | undefined = { M: item };
  for (const step of path) {
    if (value === undefined) return undefined;
    value = stepInto(value, step);
  }
  return value;
}

function stepInto(value: AttributeValue, step: string | number): AttributeValue | undefined {
  if (typeof step === "number") return "L" in value ? value.L[step] : undefined;
  return "M" in value ? attributeOf(value.M, step) : undefined;
}

/** As messages show a path: `[a, [1], b]`. */
export function formatPath(path: Path): string {
  return `[${path.map((step) => (typeof step === "number" ? `[${step}]` : step)).join(", ")}]`;
}

/** Refuses paths one within another, then paths that use one place as list and as map. */
export function checkPathsDistinct(paths: readonly Path[]): void {
  let conflict: string | undefined;
  for (const [at, second] of paths.entries()) {
    for (const first of paths.slice(0, at)) {
      const relation = relate(first, second);
      if (relation === "overlap") {
        refuse(messages.pathsOverlap(formatPath(first), formatPath(second)));
      }
      if (relation === "conflict") {
        conflict ??= messages.pathsConflict(formatPath(first), formatPath(second));
      }
    }
  }
  if (conflict) refuse(conflict);
}

function relate(first: Path, second: Path): "overlap" | "conflict" | "apart" {
  const shared = Math.min(first.length, second.length);
  for (let at = 0; at < shared; at += 1) {
    if (typeof first[at] !== typeof second[at]) return "conflict";
    if (first[at] !== second[at]) return "apart";
  }
  return "overlap";
}

export interface PathTree<T> {
  /** At the end of a path; then there are no children. */
  leaf?: T;
  readonly names: Map<string, PathTree<T>>;
  readonly indexes: Map<number, PathTree<T>>;
}

/** The tree of paths that do not overlap, each with what it carries. */
export function growPathTree<T>(entries: Iterable<readonly [Path, T]>): PathTree<T> {
  const root = emptyTree<T>();
  for (const [path, leaf] of entries) {
    let node = root;
    for (const step of path) {
      node = typeof step === "number" ? childAt(node.indexes, step) : childAt(node.names, step);
    }
    node.leaf = leaf;
  }
  return root;
}

function emptyTree<T>(): PathTree<T> {
  return { names: new Map(), indexes: new Map() };
}

function childAt<K, T>(children: Map<K, PathTree<T>>, step: K): PathTree<T> {
  let child = children.get(step);
  if (!child) {
    child = emptyTree();
    children.set(step, child);
  }
  return child;
}
