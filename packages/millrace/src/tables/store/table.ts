/**
 * A table that is open: what it is now, and where its items and the entries of its indexes lie.
 *
 * The spaces carry the table's id, so that a table made anew never meets what an older one of its
 * name has left behind.
 */

import type { Clock } from "../../base/mod.ts";
import type { Records } from "../../storage/mod.ts";
import { type CapacityOptions, TableCapacity } from "../capacity/table-capacity.ts";
import {
  type IndexDefinition,
  keyAttributes,
  type TableDefinition,
  type Throughput,
} from "../catalog/definition.ts";
import { encodeMoment } from "./moment-bytes.ts";

/** What is kept of a table beside its items. */
export interface TableState {
  readonly definition: TableDefinition;
  readonly id: string;
  readonly createdMs: number;
  /** Tables of the API are there at every start, those of a template as long as it has them. */
  readonly origin: "template" | "api";
  /** In front of the names of its spaces. */
  readonly space: string;
  /** By name of the index. */
  readonly indexes: Readonly<Record<string, IndexState>>;
  /**
   * Entries of the index of expiry are missing, or of another attribute. Another value each time
   * that the attribute changes (`true`: stored before that was so), so that a building that was
   * begun before the last change does not pass for the one after it.
   */
  readonly expiryBuilding?: string | true | undefined;
  /** The streams it has had within a day, the newest last. */
  readonly streams?: readonly StreamState[];
  readonly billingChangedMs?: number;
  /** Absent: it was not made from another. */
  readonly restored?: RestoredFrom;
  /** Absent where the table cannot be restored to a moment. */
  readonly recovery?: RecoveryState | undefined;
  /** What the template said of capacity when it was last applied. */
  readonly declared?: Readonly<Record<string, DeclaredThroughput>>;
  /** Of the table (`""`) and its streams (`/stream/...`): who else may use them. */
  readonly policies?: Readonly<Record<string, ResourcePolicy>>;
  /** Of the table (`""`) and its global indexes, by name; absent: never switched. */
  readonly insights?: Readonly<Record<string, Insights>>;
}

/** Whether it is told which keys most is spent on, and since when. */
export interface Insights {
  /** Absent: it is switched off. */
  readonly mode?: string;
  readonly updatedMs: number;
}

/** `null`: on demand. */
export type DeclaredThroughput = Throughput | null;

export interface ResourcePolicy {
  /** JSON, as it was given. */
  readonly document: string;
  readonly revisionId: string;
}

/** What a table was restored from. */
export interface RestoredFrom {
  readonly tableArn: string;
  readonly backupArn?: string;
  /** Of which its items are. */
  readonly momentMs: number;
}

export interface RecoveryState {
  readonly space: string;
  /** The oldest moment that its history reaches back to; absent until all writes are in it. */
  readonly sinceMs?: number;
}

export interface IndexState {
  readonly space: string;
  /** Entries of older items may still be missing. */
  readonly building?: boolean;
}

export interface StreamState {
  readonly space: string;
  readonly view: string;
  /** When it was begun; its label is that moment. */
  readonly startedMs: number;
  /** Absent while changes are written to it. */
  readonly endedMs?: number;
}

export interface Index {
  readonly definition: IndexDefinition;
  /** The names an entry holds; `undefined`: all that the item has. */
  readonly projectedNames: ReadonlySet<string> | undefined;
  readonly space: string;
  readonly building: boolean;
}

export interface TablePorts {
  readonly records: Records;
  readonly clock: Clock;
  readonly capacity: CapacityOptions;
  /** Told once a change is in the table's stream, or the stream is another. */
  readonly onStreamed?: ((tableName: string) => void) | undefined;
}

export class Table {
  readonly records: Records;
  readonly clock: Clock;
  readonly capacity: TableCapacity;
  #state: TableState;
  #indexes: readonly Index[];
  #indexesByName: readonly Index[];
  #itemSpace: string;
  readonly #onStreamed: TablePorts["onStreamed"];
  readonly #writes = new Set<Promise<unknown>>();
  #dropped = false;
  #momentMs = 0;
  #momentCount = 0;
  #holdCount = 0;

  constructor(state: TableState, { records, clock, capacity, onStreamed }: TablePorts) {
    this.#onStreamed = onStreamed;
    this.records = records;
    this.clock = clock;
    this.capacity = new TableCapacity(state.definition, clock, capacity);
    this.#state = state;
    this.#indexes = indexesOf(state);
    this.#indexesByName = byName(this.#indexes);
    this.#itemSpace = itemSpaceOf(state);
  }

  get state(): TableState {
    return this.#state;
  }

  /** From now on; decisions that are made later see it. */
  set state(state: TableState) {
    const before = this.#state.streams;
    this.#state = state;
    if (state.streams !== before) this.streamed();
    this.#indexes = indexesOf(state);
    this.#indexesByName = byName(this.#indexes);
    this.#itemSpace = itemSpaceOf(state);
    this.capacity.redefine(state.definition);
  }

  /** Its stream has something new to tell. */
  streamed(): void {
    this.#onStreamed?.(this.#state.definition.name);
  }

  /** Whether the table is gone, and what is stored of it is to be cleared away. */
  get dropped(): boolean {
    return this.#dropped;
  }

  drop(): void {
    this.#dropped = true;
    this.streamed();
  }

  get definition(): TableDefinition {
    return this.#state.definition;
  }

  get indexes(): readonly Index[] {
    return this.#indexes;
  }

  /** The same in the order of their names. */
  get indexesByName(): readonly Index[] {
    return this.#indexesByName;
  }

  /** The stream that changes are written to; `undefined` when there is none. */
  get stream(): StreamState | undefined {
    const newest = this.#state.streams?.at(-1);
    return newest?.endedMs === undefined ? newest : undefined;
  }

  /** Whether a write of an item changes other records as well: of indexes, expiry or history. */
  get writesBeside(): boolean {
    const { definition, recovery } = this.#state;
    return this.#indexes.length > 0 || definition.ttlAttribute !== undefined || !!recovery;
  }

  get itemSpace(): string {
    return this.#itemSpace;
  }

  get expirySpace(): string {
    return `${this.#state.space}/expiry`;
  }

  /** The spaces of a table that are not of an index. */
  static ownSpaces({ space }: Pick<TableState, "space">): string[] {
    return [`${space}/items`, `${space}/expiry`];
  }

  /** The earliest time that its next change can have. */
  get momentMs(): number {
    return this.#momentMs;
  }

  /**
   * The time of a change and its count, which never go back; as keys of the history have them.
   * What changes together has one time, `atMs`, in all tables: a moment has all of it or nothing.
   */
  nextMoment(atMs: number): Uint8Array {
    this.#momentMs = Math.max(this.#momentMs, atMs);
    this.#momentCount += 1;
    return encodeMoment(this.#momentMs, this.#momentCount);
  }

  /** Changes go on behind the last that was written down before a start. */
  resumeMoment(ms: number, count: number): void {
    this.#momentMs = Math.max(this.#momentMs, ms);
    this.#momentCount = Math.max(this.#momentCount, count);
  }

  /** Changes that are decided from now on are later than this. */
  passMoment(ms: number): void {
    this.#momentMs = Math.max(this.#momentMs, ms + 1);
  }

  /** Whether somebody reads the history, and nothing of it may go. */
  get held(): boolean {
    return this.#holdCount > 0;
  }

  async holdWhile(work: () => Promise<void>): Promise<void> {
    this.#holdCount += 1;
    try {
      await work();
    } finally {
      this.#holdCount -= 1;
    }
  }

  /** Remembers a write until it has settled. */
  track<T>(write: Promise<T>): Promise<T> {
    this.#writes.add(write);
    const forget = () => void this.#writes.delete(write);
    write.then(forget, forget);
    return write;
  }

  /** Answers when the writes that are under way have settled: later ones see today's state. */
  async writesSettled(): Promise<void> {
    await Promise.allSettled([...this.#writes]);
  }
}

function itemSpaceOf({ space }: TableState): string {
  return `${space}/items`;
}

/** With all that every write would have to work out again. */
function indexesOf({ definition, indexes }: TableState): Index[] {
  return (definition.indexes ?? []).map((index) => {
    const { space, building = false } = indexes[index.name]!;
    const projectedNames = projectedNamesOf(definition, index);
    return { definition: index, projectedNames, space, building };
  });
}

function projectedNamesOf(table: TableDefinition, index: IndexDefinition) {
  const { projection } = index;
  if (projection.type === "ALL") return undefined;
  const keys = [...keyAttributes(table), ...keyAttributes(index)].map(({ name }) => name);
  return new Set([...keys, ...(projection.type === "INCLUDE" ? projection.attributes : [])]);
}

function byName(indexes: readonly Index[]): readonly Index[] {
  return indexes.toSorted((left, right) => (left.definition.name < right.definition.name ? -1 : 1));
}

/** Refuses a name that no table has. */
export type FindTable = (name: string) => Table;
