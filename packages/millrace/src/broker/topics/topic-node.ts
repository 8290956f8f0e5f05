/**
 * A node of the topic tree: what stands at one level of the filters.
 *
 * Where there are a million filters most nodes have a single child, so that one takes no map; and
 * the wildcards, which every match asks for at every level, are fields of their own.
 */

import type { ShareGroup } from "./share-group.ts";
import type { Subscribers } from "./topic-tree.ts";

export interface Node<S> {
  readonly parent: Node<S> | undefined;
  readonly level: string;
  /** The children of plain levels: one alone, or several by level. */
  exact: Node<S> | Map<string, Node<S>> | undefined;
  /** The child `+`. */
  single: Node<S> | undefined;
  /** The child `#`. */
  multi: Node<S> | undefined;
  /** Made with the first subscriber; most nodes are but a level on the way. */
  subscribers: Subscribers<S> | undefined;
  groups: Map<string, ShareGroup<S>> | undefined;
}

/** A node at which nothing stands yet. */
export function newNode<S>(parent: Node<S> | undefined, level: string): Node<S> {
  return {
    parent,
    level,
    exact: undefined,
    single: undefined,
    multi: undefined,
    subscribers: undefined,
    groups: undefined,
  };
}

/** The child of a plain level, if there is one. */
export function exactChild<S>({ exact }: Node<S>, level: string): Node<S> | undefined {
  if (exact === undefined) return undefined;
  if (exact instanceof Map) return exact.get(level);
  return exact.level === level ? exact : undefined;
}

/** The child of a level of a filter, wildcards included. */
export function childAt<S>(node: Node<S>, level: string): Node<S> | undefined {
  if (level === "+") return node.single;
  if (level === "#") return node.multi;
  return exactChild(node, level);
}

/** There must be no child of that level yet. */
export function addChild<S>(node: Node<S>, level: string): Node<S> {
  const child = newNode(node, level);
  if (level === "+") node.single = child;
  else if (level === "#") node.multi = child;
  else if (node.exact === undefined) node.exact = child;
  else if (node.exact instanceof Map) node.exact.set(level, child);
  else {
    node.exact = new Map([
      [node.exact.level, node.exact],
      [level, child],
    ]);
  }
  return child;
}

function removeChild<S>(node: Node<S>, child: Node<S>): void {
  if (node.single === child) node.single = undefined;
  else if (node.multi === child) node.multi = undefined;
  else if (node.exact instanceof Map) node.exact.delete(child.level);
  else node.exact = undefined;
}

/** Takes out a node at which nothing stands any more, and those above that it leaves empty. */
export function prune<S>(leaf: Node<S>): void {
  let node = leaf;
  while (node.parent && isEmpty(node)) {
    removeChild(node.parent, node);
    node = node.parent;
  }
}

function isEmpty<S>({ exact, single, multi, subscribers, groups }: Node<S>): boolean {
  const childless = exact === undefined || (exact instanceof Map && exact.size === 0);
  return childless && !single && !multi && !subscribers?.length && !groups?.size;
}
