/**
 * What the registry of devices keeps: shelves of named records, in memory because every connection
 * asks, and durable.
 *
 * Changes happen one after the other, each as one update of the store: what belongs together is
 * there together or not at all, is durable before it counts, and counts at once.
 */

import { textOf, utf8 } from "../../base/mod.ts";
import { type Change, entriesOf, type Records } from "../../storage/mod.ts";

/** A change of one shelf: of the store first, then of what is remembered. */
export interface Write {
  readonly change: Change;
  apply(): void;
}

export class Ledger {
  readonly records: Records;
  #lastChange: Promise<unknown> = Promise.resolve();
  #version = 0;

  constructor(records: Records) {
    this.records = records;
  }

  /** Another one after each change of anything. */
  get version(): number {
    return this.#version;
  }

  /** One at a time, in the order in which they came. */
  inTurn<T>(work: () => Promise<T>): Promise<T> {
    const result = this.#lastChange.then(work);
    this.#lastChange = result.catch(() => undefined); // told to whoever asked for the change
    return result;
  }

  /** Answers when it is durable, and remembered. */
  async write(...writes: readonly Write[]): Promise<void> {
    if (writes.length === 0) return;
    const changes = writes.map(({ change }) => change);
    await this.records.update([], () => ({ changes, result: undefined }));
    for (const write of writes) write.apply();
    this.#version += 1;
  }
}

export class Shelf<T> {
  readonly #space: string;
  readonly #entries = new Map<string, T>();

  constructor(space: string) {
    this.#space = space;
  }

  async load(records: Records): Promise<void> {
    for await (const { key, value } of entriesOf(records, { space: this.#space })) {
      this.remember(textOf(key), JSON.parse(textOf(value)) as T);
    }
  }

  get size(): number {
    return this.#entries.size;
  }

  get(name: string): T | undefined {
    return this.#entries.get(name);
  }

  has(name: string): boolean {
    return this.#entries.has(name);
  }

  /** In order. */
  names(): string[] {
    return [...this.#entries.keys()].sort();
  }

  values(): IterableIterator<T> {
    return this.#entries.values();
  }

  put(name: string, value: T): Write {
    const bytes = utf8(JSON.stringify(value));
    return { change: this.#change(name, bytes), apply: () => this.remember(name, value) };
  }

  remove(name: string): Write {
    return { change: this.#change(name, undefined), apply: () => this.forget(name) };
  }

  protected remember(name: string, value: T): void {
    this.#entries.set(name, value);
  }

  protected forget(name: string): void {
    this.#entries.delete(name);
  }

  #change(name: string, value: Uint8Array | undefined): Change {
    return { space: this.#space, key: utf8(name), value };
  }
}

/** What hangs on what, asked from both sides. Neither name has a line break. */
export class Pairs<T> extends Shelf<T> {
  readonly #rights = new Map<string, Set<string>>();
  readonly #lefts = new Map<string, Set<string>>();

  of(left: string, right: string): T | undefined {
    return this.get(pairName(left, right));
  }

  join(left: string, right: string, value: T): Write {
    return this.put(pairName(left, right), value);
  }

  part(left: string, right: string): Write {
    return this.remove(pairName(left, right));
  }

  /** In order. */
  rightsOf(left: string): string[] {
    return [...(this.#rights.get(left) ?? [])].sort();
  }

  leftsOf(right: string): string[] {
    return [...(this.#lefts.get(right) ?? [])].sort();
  }

  /** One of them that is not `but`; there may be very many. */
  someLeftOf(right: string, but?: string): string | undefined {
    for (const left of this.#lefts.get(right) ?? []) if (left !== but) return left;
    return undefined;
  }

  protected override remember(name: string, value: T): void {
    super.remember(name, value);
    const [left, right] = sidesOf(name);
    add(this.#rights, left, right);
    add(this.#lefts, right, left);
  }

  protected override forget(name: string): void {
    super.forget(name);
    const [left, right] = sidesOf(name);
    take(this.#rights, left, right);
    take(this.#lefts, right, left);
  }
}

function pairName(left: string, right: string): string {
  return `${left}\n${right}`;
}

function sidesOf(name: string): readonly [left: string, right: string] {
  const at = name.indexOf("\n");
  return [name.slice(0, at), name.slice(at + 1)];
}

function add(sets: Map<string, Set<string>>, name: string, member: string): void {
  const set = sets.get(name);
  if (set) set.add(member);
  else sets.set(name, new Set([member]));
}

function take(sets: Map<string, Set<string>>, name: string, member: string): void {
  const set = sets.get(name);
  set?.delete(member);
  if (set?.size === 0) sets.delete(name);
}
