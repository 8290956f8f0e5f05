/** Compiles projection expressions: which parts of an item an answer holds, structure kept. */

import {
  type AttributeMap,
  type AttributeValue,
  attributeOf,
  type Item,
} from "./attribute-value.ts";
import { attempt, type Outcome } from "./errors.ts";
import { checkPathsDistinct, growPathTree, type Path, type PathTree } from "./path.ts";
import { checkReservedWords, type Placeholders } from "./placeholders.ts";
import type { PathNode } from "./syntax.ts";
import { parsePath, TokenStream } from "./token-stream.ts";

/** The parts of the item that the projection names; empty when it has none of them. */
export type Project = (item: Item) => Item;

export interface Projection {
  readonly project: Project;
  /** The first element of every path, as named in the item. */
  readonly attributeNames: ReadonlySet<string>;
}

/** The projection, or why the service would refuse it. */
export function compileProjection(source: string, placeholders: Placeholders): Outcome<Projection> {
  const outcome = attempt(() => {
    const nodes = parseProjectionText(source);
    checkReservedWords(nodes);
    const paths = nodes.map((node) => placeholders.resolvePath(node));
    const attributeNames = new Set(paths.map(([first]) => String(first)));
    return { project: projectionOf(paths), attributeNames };
  });
  if (outcome.ok) return outcome;
  return { ok: false, message: `Invalid ProjectionExpression: ${outcome.message}` };
}

/** The projection on these paths; they must not overlap. */
export function projectionOf(paths: readonly Path[]): Project {
  checkPathsDistinct(paths);
  const tree = growPathTree(paths.map((path) => [path, true] as const));
  return (item) => pickNames(item, tree);
}

function parseProjectionText(source: string): PathNode[] {
  const stream = new TokenStream(source);
  const paths = [parsePath(stream)];
  while (stream.accept(",")) paths.push(parsePath(stream));
  stream.expectEnd();
  return paths;
}

function pickNames(map: AttributeMap, tree: PathTree<true>): AttributeMap {
  const picked: [string, AttributeValue][] = [];
  for (const [name, child] of tree.names) {
    const part = pick(attributeOf(map, name), child);
    if (part) picked.push([name, part]);
  }
  return Object.fromEntries(picked);
}

function pick(value: AttributeValue | undefined, tree: PathTree<true>): AttributeValue | undefined {
  if (value === undefined || tree.leaf) return value;
  if (tree.names.size > 0) {
    if (!("M" in value)) return undefined;
    const parts = pickNames(value.M, tree);
    return Object.keys(parts).length > 0 ? { M: parts } : undefined;
  }
  if (!("L" in value)) return undefined;
  const parts = value.L.flatMap((member, index) => {
    const child = tree.indexes.get(index);
    return (child && pick(member, child)) ?? [];
  });
  return parts.length > 0 ? { L: parts } : undefined;
}
