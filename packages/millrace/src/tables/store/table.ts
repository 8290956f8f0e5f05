/**
 * A table that is open: what it is now, and where its items and the entries of its indexes lie.
 *
 * The spaces carry the table's id, so that a table made anew never meets what an older one of its
 * name has left behind.
 */

import type { Clock } from "../../base/mod.ts";
import type { Records } from "../../storage/mod.ts";
import { type CapacityOptions, TableCapacity } from "../capacity/table-capacity.ts";
import type { IndexDefinition, TableDefinition, Throughput } from "../catalog/definition.ts";

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
  /** Entries of the index of expiry are missing, or of another attribute. */
  readonly expiryBuilding?: boolean | undefined;
  /** The streams it has had within a day, the newest last. */
  readonly streams?: readonly StreamState[];
  readonly billingChangedMs?: number;
  /** What the template said of capacity when it was last applied. */
  readonly declared?: Readonly<Record<string, DeclaredThroughput>>;
  /** Of the table (`""`) and its streams (`/stream/...`): who else may use them. */
  readonly policies?: Readonly<Record<string, ResourcePolicy>>;
}

/** `null`: on demand. */
export type DeclaredThroughput = Throughput | null;

export interface ResourcePolicy {
  /** JSON, as it was given. */
  readonly document: string;
  readonly revisionId: string;
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
  readonly space: string;
  readonly building: boolean;
}

export interface TablePorts {
  readonly records: Records;
  readonly clock: Clock;
  readonly capacity: CapacityOptions;
}

export class Table {
  readonly records: Records;
  readonly clock: Clock;
  readonly capacity: TableCapacity;
  #state: TableState;
  #indexes: readonly Index[];
  readonly #writes = new Set<Promise<unknown>>();

  constructor(state: TableState, { records, clock, capacity }: TablePorts) {
    this.records = records;
    this.clock = clock;
    this.capacity = new TableCapacity(state.definition, clock, capacity);
    this.#state = state;
    this.#indexes = indexesOf(state);
  }

  get state(): TableState {
    return this.#state;
  }

  /** From now on; decisions that are made later see it. */
  set state(state: TableState) {
    this.#state = state;
    this.#indexes = indexesOf(state);
    this.capacity.redefine(state.definition);
  }

  get definition(): TableDefinition {
    return this.#state.definition;
  }

  get indexes(): readonly Index[] {
    return this.#indexes;
  }

  /** The stream that changes are written to; `undefined` when there is none. */
  get stream(): StreamState | undefined {
    const newest = this.#state.streams?.at(-1);
    return newest?.endedMs === undefined ? newest : undefined;
  }

  get itemSpace(): string {
    return `${this.#state.space}/items`;
  }

  get expirySpace(): string {
    return `${this.#state.space}/expiry`;
  }

  /** The spaces of a table that are not of an index. */
  static ownSpaces({ space }: Pick<TableState, "space">): string[] {
    return [`${space}/items`, `${space}/expiry`];
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

function indexesOf({ definition, indexes }: TableState): Index[] {
  return (definition.indexes ?? []).map((index) => {
    const { space, building = false } = indexes[index.name]!;
    return { definition: index, space, building };
  });
}

/** Refuses a name that no table has. */
export type FindTable = (name: string) => Table;
