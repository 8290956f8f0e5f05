/**
 * Subscriptions by topic filter.
 *
 * A node a level; a node's subscribers stand in a dense array, so that a fan-out is one loop and
 * leaving is one swap. `match` answers with the live arrays of the nodes that apply. What it
 * remembers is forgotten only when a node gains its first or loses its last subscriber, because the
 * arrays themselves stay true while people come and go in a room that exists.
 *
 * A shared subscription (`$share/<name>/<filter>`, MQTT 5 4.8.2) stands at the node of its filter,
 * in the group of that name: a message goes to one member of each group.
 *
 * A session that several filters lead to stands in several arrays: `deliver` sees to one copy.
 */

import type { QoS } from "../message.ts";
import { parseShare, ShareGroup } from "./share-group.ts";
import { addChild, childAt, exactChild, type Node, newNode, prune } from "./topic-node.ts";

/** What a client asked for with a filter (3.8.3.1). */
export interface SubscriptionOptions {
  readonly qos: QoS;
  readonly noLocal: boolean;
  readonly retainAsPublished: boolean;
  /** The subscription identifier, as the list that a message carries. */
  readonly identifiers: readonly number[] | undefined;
}

export interface Subscription<Subscriber> {
  readonly subscriber: Subscriber;
  /** As subscribed, the share included. */
  readonly filter: string;
  /** One object for all that want the same and nothing special (`plainOptions`). */
  options: SubscriptionOptions;
  /** Under which its session keeps it on disk. */
  readonly number: number;
  /** Where it stands in its node's array or its group's; -1 once it has left. */
  index: number;
  readonly group: ShareGroup<Subscriber> | undefined;
}

function optionsOf(qos: QoS): SubscriptionOptions {
  return Object.freeze({ qos, noLocal: false, retainAsPublished: false, identifiers: undefined });
}

/** At the index of each QoS, what most subscriptions ask for. */
export const plainOptions: readonly SubscriptionOptions[] = [0, 1, 2].map((qos) =>
  optionsOf(qos as QoS),
);

export type Subscribers<S> = Subscription<S>[];

/** What a topic reaches. Live: to be used before the next `add` or `remove`. */
export interface Match<S> {
  /** None of them empty. */
  readonly subscribers: readonly (readonly Subscription<S>[])[];
  /** Each with at least one member. */
  readonly groups: readonly ShareGroup<S>[];
}

/** Topics whose answer is remembered; beyond it the cache starts afresh. */
const cachedTopicsMax = 10_000;

/** Longer topics are not remembered, so that the cache stays within some megabytes. */
const cachedTopicLengthMax = 256;

export interface TopicTreeOptions {
  /** Whether `a/#` matches `a` too, as the standard has it. */
  readonly multiLevelMatchesParent: boolean;
}

export class TopicTree<S> {
  readonly #root: Node<S> = newNode(undefined, "");
  readonly #options: TopicTreeOptions;
  #cache = new Map<string, Match<S>>();
  #subscriptionCount = 0;

  constructor(options: TopicTreeOptions = { multiLevelMatchesParent: true }) {
    this.#options = options;
  }

  get subscriptionCount(): number {
    return this.#subscriptionCount;
  }

  /** The filter must be valid and new for this subscriber. */
  add(subscriber: S, filter: string, options: SubscriptionOptions, number = 0): Subscription<S> {
    const share = parseShare(filter);
    const node = this.#make(share ? share.filter : filter);
    const group = share && this.#groupAt(node, share.name);
    const members = group ? group.members : this.#subscribersAt(node);
    const subscription: Subscription<S> = {
      subscriber,
      filter,
      options,
      number,
      index: members.length,
      group,
    };
    if (members.length === 0) this.#forgetAnswers(share ? share.filter : filter);
    members.push(subscription);
    this.#subscriptionCount += 1;
    return subscription;
  }

  /** Removing twice does nothing. */
  remove(subscription: Subscription<S>): void {
    if (subscription.index < 0) return;
    const share = parseShare(subscription.filter);
    const matched = share ? share.filter : subscription.filter;
    const node = this.#find(matched);
    const members = subscription.group ? subscription.group.members : node?.subscribers;
    if (!node || !members) return;
    const last = members.pop();
    if (last && last !== subscription) {
      members[subscription.index] = last;
      last.index = subscription.index;
    }
    subscription.index = -1;
    this.#subscriptionCount -= 1;
    if (members.length > 0) return;
    this.#forgetAnswers(matched);
    if (share) node.groups?.delete(share.name);
    prune(node);
  }

  /** The members of a shared subscription, while there are any. */
  groupOf(filter: string): ShareGroup<S> | undefined {
    const share = parseShare(filter);
    return share && this.#find(share.filter)?.groups?.get(share.name);
  }

  /** What `topic` reaches, now. */
  match(topic: string): Match<S> {
    const cached = this.#cache.get(topic);
    if (cached) return cached;
    const levels = topic.split("/");
    const subscribers: Subscribers<S>[] = [];
    const groups: ShareGroup<S>[] = [];
    const wildcardsFrom = topic.startsWith("$") ? 1 : 0; // [MQTT5-4.7.2-1]
    const { multiLevelMatchesParent } = this.#options;
    collect({ levels, subscribers, groups, wildcardsFrom, multiLevelMatchesParent }, this.#root, 0);
    const found = { subscribers, groups };
    if (topic.length > cachedTopicLengthMax) return found;
    if (this.#cache.size >= cachedTopicsMax) this.#cache.clear();
    this.#cache.set(topic, found);
    return found;
  }

  /** Whether a filter begins with this level, so that topics which do may reach somebody. */
  hasRoot(level: string): boolean {
    return childAt(this.#root, level) !== undefined;
  }

  /** Whether `match` has this topic at hand, so that it is known to be valid. */
  knows(topic: string): boolean {
    return this.#cache.has(topic);
  }

  /** A filter without wildcards is in the answer of one topic alone. */
  #forgetAnswers(filter: string): void {
    if (/[+#]/.test(filter)) this.#cache.clear();
    else this.#cache.delete(filter);
  }

  #make(filter: string): Node<S> {
    let node = this.#root;
    for (const level of filter.split("/")) node = childAt(node, level) ?? addChild(node, level);
    return node;
  }

  #subscribersAt(node: Node<S>): Subscribers<S> {
    node.subscribers ??= [];
    return node.subscribers;
  }

  #groupAt(node: Node<S>, name: string): ShareGroup<S> {
    node.groups ??= new Map();
    let group = node.groups.get(name);
    if (!group) {
      group = new ShareGroup<S>();
      node.groups.set(name, group);
    }
    return group;
  }

  #find(filter: string): Node<S> | undefined {
    let node: Node<S> | undefined = this.#root;
    for (const level of filter.split("/")) node = node && childAt(node, level);
    return node;
  }
}

interface Search<S> extends TopicTreeOptions {
  readonly levels: readonly string[];
  readonly subscribers: Subscribers<S>[];
  readonly groups: ShareGroup<S>[];
  /** A leading wildcard does not match a topic that starts with `$`. [MQTT-4.7.2-1] */
  readonly wildcardsFrom: number;
}

function collect<S>(search: Search<S>, node: Node<S>, depth: number): void {
  const { multi, single } = node;
  const wildcards = depth >= search.wildcardsFrom;
  const level = search.levels[depth];
  if (multi && wildcards && (level !== undefined || search.multiLevelMatchesParent)) {
    take(search, multi); // [MQTT-4.7.1-2] [MQTT5-4.7.1-1]
  }
  if (level === undefined) {
    take(search, node);
    return;
  }
  const exact = exactChild(node, level);
  if (exact) collect(search, exact, depth + 1);
  if (single && wildcards) collect(search, single, depth + 1); // [MQTT-4.7.1-3] [MQTT5-4.7.1-2]
}

function take<S>(search: Search<S>, node: Node<S>): void {
  if (node.subscribers?.length) search.subscribers.push(node.subscribers);
  if (node.groups) search.groups.push(...node.groups.values());
}
