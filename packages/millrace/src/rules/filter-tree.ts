/**
 * Topic filters and what belongs to them, found by a topic.
 *
 * Filters without wildcards are in a map, the others in a tree by level, so that a look-up costs
 * what the topic's levels cost, not what the filters are. A filter that begins with a wildcard does
 * not see topics that begin with `$`. [MQTT-4.7.2-1]
 */

interface Level<T> {
  readonly children: Map<string, Level<T>>;
  any: Level<T> | undefined;
  /** Of filters that end here. */
  readonly here: T[];
  /** Of filters that end here with `#`. */
  readonly below: T[];
}

const nothing: readonly never[] = [];

export class FilterTree<T> {
  readonly #exact = new Map<string, T[]>();
  readonly #root: Level<T> = newLevel();
  #hasWildcards = false;

  /** The filter must be valid. */
  add(filter: string, value: T): void {
    if (!/[+#]/.test(filter)) {
      const values = this.#exact.get(filter);
      if (values) values.push(value);
      else this.#exact.set(filter, [value]);
      return;
    }
    this.#hasWildcards = true;
    let level = this.#root;
    for (const name of filter.split("/")) {
      if (name === "#") {
        level.below.push(value);
        return;
      }
      level = childFor(level, name);
    }
    level.here.push(value);
  }

  /** Everything whose filter matches; empty when there is nothing. Not to be changed. */
  match(topic: string): readonly T[] {
    const exact: readonly T[] = this.#exact.get(topic) ?? nothing;
    if (!this.#hasWildcards) return exact;
    const found: T[] = [];
    collect(this.#root, topic, 0, found);
    return found.length === 0 ? exact : found.concat(exact);
  }
}

/**
 * OASIS lets `a/#` match `a` [MQTT-4.7.1-2]; AWS documents that its broker does not, and says
 * nothing of rules. Rules follow the standard, as the broker's default preset does.
 */
const belowIncludesParent = true;

/** `start` is where the name of the level below begins in the topic, or past its end. */
function collect<T>(level: Level<T>, topic: string, start: number, found: T[]): void {
  if (start > topic.length) {
    found.push(...level.here);
    if (belowIncludesParent) found.push(...level.below);
    return;
  }
  const slash = topic.indexOf("/", start);
  const end = slash < 0 ? topic.length : slash;
  const child = level.children.get(topic.slice(start, end));
  if (child) collect(child, topic, end + 1, found);
  if (start === 0 && topic.startsWith("$")) return;
  if (level.any) collect(level.any, topic, end + 1, found);
  found.push(...level.below);
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
  return { children: new Map(), any: undefined, here: [], below: [] };
}
