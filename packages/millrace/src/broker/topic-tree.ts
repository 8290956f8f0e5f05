/**
 * Subscriptions by topic filter.
 *
 * A node a level; a node's subscribers stand in a dense array, so that a fan-out is one loop and
 * leaving is one swap. `match` answers with the live arrays of the nodes that apply. Its cache is
 * thrown away only when a node gains or loses its last subscriber, because the arrays themselves
 * stay true while people come and go in a room that exists.
 *
 * A session that several filters lead to stands in several arrays: `deliver` sees to one copy.
 */

import type { QoS } from "./message.ts";

export interface Subscription<Subscriber> {
  readonly subscriber: Subscriber;
  readonly filter: string;
  qos: QoS;
  /** Where it stands in its node's array; -1 once it has left. */
  index: number;
}

type Subscribers<S> = Subscription<S>[];

interface Node<S> {
  readonly parent: Node<S> | undefined;
  readonly level: string;
  children: Map<string, Node<S>> | undefined;
  readonly subscribers: Subscribers<S>;
}

/** Topics whose answer is remembered; beyond it the cache starts afresh. */
const cachedTopicsMax = 10_000;

/** Longer topics are not remembered, so that the cache stays within some megabytes. */
const cachedTopicLengthMax = 256;

export class TopicTree<S> {
  readonly #root: Node<S> = newNode(undefined, "");
  #cache = new Map<string, readonly Subscribers<S>[]>();
  #subscriptionCount = 0;

  get subscriptionCount(): number {
    return this.#subscriptionCount;
  }

  /** The filter must be valid and new for this subscriber. */
  add(subscriber: S, filter: string, qos: QoS): Subscription<S> {
    let node = this.#root;
    for (const level of filter.split("/")) {
      node.children ??= new Map();
      let child = node.children.get(level);
      if (!child) {
        child = newNode(node, level);
        node.children.set(level, child);
      }
      node = child;
    }
    if (node.subscribers.length === 0) this.#cache.clear();
    const subscription = { subscriber, filter, qos, index: node.subscribers.length };
    node.subscribers.push(subscription);
    this.#subscriptionCount += 1;
    return subscription;
  }

  /** Removing twice does nothing. */
  remove(subscription: Subscription<S>): void {
    if (subscription.index < 0) return;
    const node = this.#find(subscription.filter);
    if (!node) return;
    const last = node.subscribers.pop();
    if (last && last !== subscription) {
      node.subscribers[subscription.index] = last;
      last.index = subscription.index;
    }
    subscription.index = -1;
    this.#subscriptionCount -= 1;
    if (node.subscribers.length === 0) {
      this.#cache.clear();
      prune(node);
    }
  }

  /**
   * The subscriber arrays that `topic` reaches, none of them empty. The answer is live: it must be
   * used before the next `add` or `remove`.
   */
  match(topic: string): readonly Subscribers<S>[] {
    const cached = this.#cache.get(topic);
    if (cached) return cached;
    const found: Subscribers<S>[] = [];
    const levels = topic.split("/");
    collect({ levels, found, wildcardsFrom: topic.startsWith("$") ? 1 : 0 }, this.#root, 0);
    if (topic.length > cachedTopicLengthMax) return found;
    if (this.#cache.size >= cachedTopicsMax) this.#cache.clear();
    this.#cache.set(topic, found);
    return found;
  }

  /** Whether `match` has this topic at hand, so that it is known to be valid. */
  knows(topic: string): boolean {
    return this.#cache.has(topic);
  }

  #find(filter: string): Node<S> | undefined {
    let node: Node<S> | undefined = this.#root;
    for (const level of filter.split("/")) node = node?.children?.get(level);
    return node;
  }
}

function newNode<S>(parent: Node<S> | undefined, level: string): Node<S> {
  return { parent, level, children: undefined, subscribers: [] };
}

function prune<S>(leaf: Node<S>): void {
  let node = leaf;
  while (node.parent && node.subscribers.length === 0 && !node.children?.size) {
    node.parent.children?.delete(node.level);
    node = node.parent;
  }
}

interface Search<S> {
  readonly levels: readonly string[];
  readonly found: Subscribers<S>[];
  /** A leading wildcard does not match a topic that starts with `$`. [MQTT-4.7.2-1] */
  readonly wildcardsFrom: number;
}

function collect<S>(search: Search<S>, node: Node<S>, depth: number): void {
  const { children } = node;
  const wildcards = depth >= search.wildcardsFrom;
  if (wildcards && children) take(search, children.get("#")); // [MQTT-4.7.1-2]
  const level = search.levels[depth];
  if (level === undefined) {
    take(search, node);
    return;
  }
  if (!children) return;
  const exact = children.get(level);
  if (exact) collect(search, exact, depth + 1);
  const plus = wildcards ? children.get("+") : undefined; // [MQTT-4.7.1-3]
  if (plus) collect(search, plus, depth + 1);
}

function take<S>(search: Search<S>, node: Node<S> | undefined): void {
  if (node && node.subscribers.length > 0) search.found.push(node.subscribers);
}
