/**
 * Topic filters and what belongs to them, found by a topic.
 *
 * Filters without wildcards are in a map, the others in a tree by level, so that a look-up costs
 * what the topic's levels cost, not what the filters are; topics that come again cost less still,
 * because the answer is kept until a filter comes or goes. A filter that begins with a wildcard
 * does not see topics that begin with `$`. [MQTT-4.7.2-1]
 */

interface Level<T> {
  readonly children: Map<string, Level<T>>;
  any: Level<T> | undefined;
  /** Of filters that end here. */
  here: readonly T[];
  /** Of filters that end here with `#`. */
  below: readonly T[];
}

const nothing: readonly never[] = [];

/** Topics whose answer is kept; all are forgotten when there are more. */
const keptTopicsMax = 4_096;
const keptTopicLengthMax = 256;
/** What the kept answers hold together: with many rules on `#` every topic has all of them. */
const keptValuesMax = 65_536;

export class FilterTree<T> {
  readonly #exact = new Map<string, readonly T[]>();
  readonly #root: Level<T> = newLevel();
  /** How many filters begin with a level. */
  readonly #beginnings = new Map<string, number>();
  #wildcardCount = 0;
  readonly #kept = new Map<string, readonly T[]>();
  #keptValueCount = 0;

  /** The filter must be valid. */
  add(filter: string, value: T): void {
    this.#forgetKept();
    this.#countBeginning(filter, 1);
    if (!hasWildcard(filter)) {
      this.#exact.set(filter, [...(this.#exact.get(filter) ?? nothing), value]);
      return;
    }
    this.#wildcardCount += 1;
    let level = this.#root;
    for (const name of filter.split("/")) {
      if (name === "#") {
        level.below = [...level.below, value];
        return;
      }
      level = childFor(level, name);
    }
    level.here = [...level.here, value];
  }

  /** Takes out what was added with this filter. */
  remove(filter: string, value: T): void {
    this.#forgetKept();
    this.#countBeginning(filter, -1);
    if (hasWildcard(filter)) {
      this.#wildcardCount -= 1;
      prune(this.#root, filter.split("/"), value);
      return;
    }
    const left = without(this.#exact.get(filter) ?? nothing, value);
    if (left.length === 0) this.#exact.delete(filter);
    else this.#exact.set(filter, left);
  }

  /** Of how many topics the answer is kept. */
  get keptCount(): number {
    return this.#kept.size;
  }

  /** Whether a filter begins with this level. */
  hasRoot(level: string): boolean {
    return this.#beginnings.has(level);
  }

  #countBeginning(filter: string, by: 1 | -1): void {
    const [level = ""] = filter.split("/", 1);
    const count = (this.#beginnings.get(level) ?? 0) + by;
    if (count === 0) this.#beginnings.delete(level);
    else this.#beginnings.set(level, count);
  }

  /** Everything whose filter matches; empty when there is nothing. */
  match(topic: string): readonly T[] {
    if (this.#wildcardCount === 0) return this.#exact.get(topic) ?? nothing;
    const kept = this.#kept.get(topic);
    if (kept) return kept;
    const found = this.#find(topic);
    if (topic.length <= keptTopicLengthMax) this.#keep(topic, found);
    return found;
  }

  #keep(topic: string, found: readonly T[]): void {
    const isFull = this.#keptValueCount + found.length > keptValuesMax;
    if (isFull || this.#kept.size >= keptTopicsMax) this.#forgetKept();
    this.#kept.set(topic, found);
    this.#keptValueCount += found.length;
  }

  #forgetKept(): void {
    this.#kept.clear();
    this.#keptValueCount = 0;
  }

  #find(topic: string): readonly T[] {
    const exact = this.#exact.get(topic) ?? nothing;
    const found: T[] = [];
    collect(this.#root, topic, 0, found);
    if (found.length === 0) return exact;
    append(found, exact);
    return found;
  }
}

function hasWildcard(filter: string): boolean {
  return /[+#]/.test(filter);
}

/** Takes the value out below this level, and levels that nothing is left in. */
function prune<T>(level: Level<T>, [name, ...rest]: readonly string[], value: T): void {
  if (name === undefined) {
    level.here = without(level.here, value);
    return;
  }
  if (name === "#") {
    level.below = without(level.below, value);
    return;
  }
  const child = name === "+" ? level.any : level.children.get(name);
  if (!child) return;
  prune(child, rest, value);
  const isEmpty =
    child.children.size === 0 && !child.any && child.here.length === 0 && child.below.length === 0;
  if (!isEmpty) return;
  if (name === "+") level.any = undefined;
  else level.children.delete(name);
}

function without<T>(values: readonly T[], value: T): readonly T[] {
  return values.filter((other) => other !== value);
}

/** One by one: a spread puts everything on the stack, and there may be very many. */
function append<T>(found: T[], values: readonly T[]): void {
  for (const value of values) found.push(value);
}

/** `start` is where the name of the level below begins in the topic, or past its end. */
function collect<T>(level: Level<T>, topic: string, start: number, found: T[]): void {
  if (start > topic.length) {
    append(found, level.here);
    // OASIS lets `a/#` match `a` [MQTT-4.7.1-2]; AWS documents that its broker does not, and says
    // nothing of rules. Rules follow the standard, as the broker's default preset does.
    append(found, level.below);
    return;
  }
  const slash = topic.indexOf("/", start);
  const end = slash < 0 ? topic.length : slash;
  const child = level.children.get(topic.slice(start, end));
  if (child) collect(child, topic, end + 1, found);
  if (start === 0 && topic.startsWith("$")) return;
  if (level.any) collect(level.any, topic, end + 1, found);
  append(found, level.below);
}

function childFor<T>(level: Level<T>, name: string): Level<T> {
  if (name === "+") {
    level.any ??= newLevel();
    return level.any;
  }
  let child = level.children.get(name);
  if (!child) {
    child = newLevel();
    level.children.set(name, child);
  }
  return child;
}

function newLevel<T>(): Level<T> {
  return { children: new Map(), any: undefined, here: nothing, below: nothing };
}
