/**
 * Values by topic name, found by topic filter: what retained messages stand in.
 *
 * A node a level, as in the tree of subscriptions, but the other way round: here the names are
 * kept and the filter asks. A walk may be left half-way and taken up again after the map has
 * changed; it then gives what is there by then.
 */

interface Node<V> {
  readonly parent: Node<V> | undefined;
  readonly level: string;
  children: Map<string, Node<V>> | undefined;
  value: V | undefined;
}

export class TopicMap<V> {
  readonly #root: Node<V> = newNode(undefined, "");
  readonly #multiLevelMatchesParent: boolean;
  #size = 0;

  constructor(multiLevelMatchesParent = true) {
    this.#multiLevelMatchesParent = multiLevelMatchesParent;
  }

  get size(): number {
    return this.#size;
  }

  get(topic: string): V | undefined {
    return this.#find(topic)?.value;
  }

  set(topic: string, value: V): void {
    let node = this.#root;
    for (const level of topic.split("/")) {
      node.children ??= new Map();
      let child = node.children.get(level);
      if (!child) {
        child = newNode(node, level);
        node.children.set(level, child);
      }
      node = child;
    }
    if (node.value === undefined) this.#size += 1;
    node.value = value;
  }

  delete(topic: string): void {
    let node = this.#find(topic);
    if (node?.value === undefined) return;
    node.value = undefined;
    this.#size -= 1;
    while (node?.parent && node.value === undefined && !node.children?.size) {
      node.parent.children?.delete(node.level);
      node = node.parent;
    }
  }

  /** The values of all topics that a valid filter matches, one after the other. */
  *matching(filter: string): Generator<V, undefined> {
    yield* this.#walk(this.#root, filter.split("/"), 0);
    return undefined;
  }

  *#walk(node: Node<V>, levels: readonly string[], depth: number): Generator<V> {
    const level = levels[depth];
    if (level === undefined) {
      if (node.value !== undefined) yield node.value;
      return;
    }
    if (level === "#") {
      if (node.value !== undefined && depth > 0 && this.#multiLevelMatchesParent) yield node.value;
      yield* everythingBelow(node);
      return;
    }
    if (!node.children) return;
    if (level !== "+") {
      const child = node.children.get(level);
      if (child) yield* this.#walk(child, levels, depth + 1);
      return;
    }
    for (const child of node.children.values()) {
      if (isSeen(child)) yield* this.#walk(child, levels, depth + 1);
    }
  }

  #find(topic: string): Node<V> | undefined {
    let node: Node<V> | undefined = this.#root;
    for (const level of topic.split("/")) node = node?.children?.get(level);
    return node;
  }
}

function* everythingBelow<V>(node: Node<V>): Generator<V> {
  if (!node.children) return;
  for (const child of node.children.values()) {
    if (!isSeen(child)) continue;
    if (child.value !== undefined) yield child.value;
    yield* everythingBelow(child);
  }
}

/** A leading wildcard does not see topics that start with `$` [MQTT-4.7.2-1]. */
function isSeen<V>({ parent, level }: Node<V>): boolean {
  return parent?.parent !== undefined || !level.startsWith("$");
}

function newNode<V>(parent: Node<V> | undefined, level: string): Node<V> {
  return { parent, level, children: undefined, value: undefined };
}
