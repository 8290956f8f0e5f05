/**
 * Which tables there are, and what each was when its items were stored.
 *
 * A table's state is kept beside its items and changes in the store first, then here. Tables made
 * through the API are there at every start; a table of the template is there while the template has
 * it, and is then what the template says. What is dropped is written down before it is cleared
 * away, so that a crash leaves nothing behind for good.
 */

import { type Clock, newUuid, type Random, textOf, utf8 } from "../../base/mod.ts";
import type { Change, Records } from "../../storage/mod.ts";
import type { CapacityOptions } from "../capacity/table-capacity.ts";
import { refuse, refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";
import { resumeHistory } from "../recovery/history.ts";
import { buildExpiry, buildIndex, clearSpace } from "../store/building.ts";
import { Table, type TableState } from "../store/table.ts";
import {
  type Backup,
  type BackupHead,
  backupItemSpace,
  finished,
  forgetBackup,
  type ItemSource,
  makeBackup,
  noteUnfinished,
  unfinishedSpace,
} from "./backups.ts";
import { checkTableName } from "./check-table.ts";
import { type KeySchema, keyAttributes, type TableDefinition } from "./definition.ts";
import type { Jobs } from "./jobs.ts";
import {
  decodeState,
  droppedSpaces,
  encodeState,
  nextState,
  stateAddress,
  stateSpace,
  withoutOldStreams,
} from "./state.ts";
import { localName } from "./table-names.ts";
import { declaredInsights, declaredThroughput, keepMovedCapacity } from "./template-changes.ts";

const droppedSpace = "tables-dropped";

export interface CatalogPorts {
  readonly records: Records;
  readonly clock: Clock;
  readonly random: Random;
  readonly jobs: Jobs;
  readonly capacity: CapacityOptions;
  readonly onStreamed?: ((tableName: string) => void) | undefined;
}

export class Catalog {
  readonly #ports: CatalogPorts;
  readonly #tables = new Map<string, Table>();
  /** Names of tables that templates have made, until the template of now says them. */
  readonly #unseen = new Set<string>();
  readonly #building = new WeakMap<Table, Promise<void>>();

  constructor(ports: CatalogPorts) {
    this.#ports = ports;
  }

  /** Opens what the API has made, and goes on with what was left half-built or half-cleared. */
  async load(): Promise<void> {
    const { records } = this.#ports;
    const everything = { countMax: Number.MAX_SAFE_INTEGER };
    for (const { key, value } of await records.range({ space: stateSpace, ...everything })) {
      const state = decodeState(value, this.#newTable());
      if (state.origin !== "api") {
        this.#unseen.add(textOf(key));
        continue;
      }
      const table = new Table(state, this.#ports);
      await resumeHistory(table);
      this.#tables.set(textOf(key), table);
      this.#build(table);
    }
    for (const notes of [droppedSpace, unfinishedSpace]) {
      for (const { key } of await records.range({ space: notes, ...everything })) {
        this.#clear(notes, textOf(key));
      }
    }
  }

  get(name: string): Table | undefined {
    return this.#tables.get(name);
  }

  /** Refuses a name that no table has, in the words of item operations. */
  readonly find = (name: string): Table =>
    this.#get(name) ?? refuse("ResourceNotFoundException", messages.tableNotFound);

  /** The same in the words of operations on tables. */
  findByName(nameOrArn: string): Table {
    const message = messages.tableNotFoundByName(this.localName(nameOrArn) ?? nameOrArn);
    return this.#get(nameOrArn) ?? refuse("ResourceNotFoundException", message);
  }

  /** Refuses what cannot be the name of a table. */
  #get(nameOrArn: string): Table | undefined {
    const name = this.localName(nameOrArn);
    if (name === undefined) return undefined;
    checkTableName(name);
    return this.get(name);
  }

  /** What a table of here is called; `undefined` of one that is elsewhere. */
  localName(nameOrArn: string): string | undefined {
    return localName(this.#ports.capacity.account, nameOrArn);
  }

  tables(): Iterable<Table> {
    return this.#tables.values();
  }

  /** Every name, in order. */
  names(): string[] {
    return [...this.#tables.keys()].sort();
  }

  /** Of an earlier template, and not defined since: their items take room and nobody sees them. */
  unseen(): string[] {
    return [...this.#unseen].sort();
  }

  /**
   * A table of the template, once it is all that the template says. Another key makes a new table
   * of it; where that would lose items it is refused, unless `replaces` says otherwise.
   */
  async define(definition: TableDefinition, replaces = false): Promise<void> {
    const { records } = this.#ports;
    this.#unseen.delete(definition.name);
    const made = this.#newTable();
    const isEmpty = replaces || (await this.#isEmpty(definition.name));
    const { state, dropped } = await records.update([stateAddress(definition.name)], ([bytes]) => {
      const before = bytes && decodeState(bytes, made);
      const isReplaced = before && keyText(before.definition) !== keyText(definition);
      if (isReplaced && !isEmpty) refuseInvalid(messages.keySchemaChanged(definition.name));
      const kept = isReplaced ? undefined : before;
      const wanted = kept ? keepMovedCapacity(kept, definition) : definition;
      const next = {
        ...nextState(wanted, { before: kept, made, origin: "template" }),
        declared: declaredThroughput(definition),
        insights: declaredInsights(kept, definition, made.createdMs),
      };
      return transition(before, next);
    });
    const open = this.#tables.get(definition.name);
    const table = open ?? new Table(state, this.#ports);
    table.state = state;
    await resumeHistory(table);
    await this.#finishBuilding(table);
    this.#tables.set(definition.name, table);
    this.#clearDropped(table, dropped);
  }

  /** Whether no item is stored under the name. */
  async #isEmpty(name: string): Promise<boolean> {
    const { records } = this.#ports;
    const bytes = await records.get(stateAddress(name));
    if (!bytes) return true;
    const [space] = Table.ownSpaces(decodeState(bytes, this.#newTable()));
    return (await records.range({ space: space!, countMax: 1 })).length === 0;
  }

  /** A new table of the API; refuses a name that is taken. */
  async create(definition: TableDefinition, policies?: TableState["policies"]): Promise<Table> {
    const { name } = definition;
    const { records } = this.#ports;
    const made = this.#newTable();
    const taken = () => refuse("ResourceInUseException", messages.tableExists(name));
    if (this.#tables.has(name)) taken();
    const state = await records.update([stateAddress(name)], ([bytes]) => {
      // A table that the template no longer has keeps its items, and its name.
      if (bytes) taken();
      const bare = nextState(definition, { made, origin: "api", built: true });
      const next = policies ? { ...bare, policies } : bare;
      return { changes: changesOfState(undefined, next), result: next };
    });
    const table = new Table(state, this.#ports);
    this.#tables.set(name, table);
    return table;
  }

  /** A new table of the API with the items of a source; its indexes are built from them. */
  async restore(definition: TableDefinition, source: ItemSource): Promise<Table> {
    const { name } = definition;
    const { records } = this.#ports;
    const taken = () => refuse("TableAlreadyExistsException", messages.tableExists(name));
    if (this.#tables.has(name)) taken();
    const made = this.#newTable();
    const { restored } = source;
    const next = { ...nextState(definition, { made, origin: "api" }), restored };
    const table = new Table(next, this.#ports);
    await this.#fill(table.itemSpace, async () => {
      await source.copyTo(table.itemSpace);
      await records.update([stateAddress(name), source.address], ([bytes, origin]) => {
        if (bytes) taken();
        source.check(origin);
        const changes = [...changesOfState(undefined, next), finished(table.itemSpace)];
        return { changes, result: undefined };
      });
    });
    this.#tables.set(name, table);
    this.#build(table);
    return table;
  }

  /** Refuses when the table goes while it is copied. */
  backUp(table: Table, head: BackupHead): Promise<Backup> {
    return this.#fill(backupItemSpace(head), () => makeBackup(table, head));
  }

  /** The backup is gone once this has answered; its items are cleared later. */
  async forget(backup: Backup): Promise<void> {
    await forgetBackup(this.#ports.records, backup);
    this.#clear(unfinishedSpace, backup.space);
  }

  /** Lets `fill` fill a space and take the note of it away; what fails is cleared. */
  async #fill<T>(space: string, fill: () => Promise<T>): Promise<T> {
    await noteUnfinished(this.#ports.records, space);
    try {
      return await fill();
    } catch (thrown) {
      this.#clear(unfinishedSpace, space);
      throw thrown;
    }
  }

  /** What `decide` makes of the newest state, once that is durable; builds what is new in it. */
  async change(table: Table, decide: (state: TableState) => TableState): Promise<TableState> {
    const { name } = table.definition;
    const { records } = this.#ports;
    const { state, dropped } = await records.update([stateAddress(name)], ([bytes]) => {
      if (!bytes) refuse("ResourceNotFoundException", messages.tableNotFoundByName(name));
      const before = decodeState(bytes, this.#newTable());
      return transition(before, decide(before));
    });
    table.state = state;
    this.#build(table);
    this.#clearDropped(table, dropped);
    return state;
  }

  /** Gives up streams of the table that nothing can be read of any more. */
  async dropOldStreams(table: Table): Promise<void> {
    const nowMs = this.#ports.clock.now();
    const isOld = withoutOldStreams(table.state, nowMs) !== table.state;
    if (isOld) await this.#mark(table, (state) => withoutOldStreams(state, nowMs));
  }

  /** The table's history reaches back to now, or further, once this has answered. */
  async beginRecovery(table: Table): Promise<void> {
    const { recovery } = table.state;
    if (!recovery || recovery.sinceMs !== undefined) return;
    await table.writesSettled();
    const sinceMs = this.#ports.clock.now();
    await this.#mark(table, (state) => {
      const same = state.recovery?.space === recovery.space && state.recovery.sinceMs === undefined;
      return same ? { ...state, recovery: { ...recovery, sinceMs } } : state;
    });
  }

  /** The state as it would be with another definition: new indexes are still to be built. */
  redefine(state: TableState, definition: TableDefinition): TableState {
    return nextState(definition, { before: state, made: this.#newTable(), origin: state.origin });
  }

  /** Nobody finds the table any more once this has answered; its items are cleared later. */
  async remove(table: Table, check: (state: TableState) => void): Promise<TableState> {
    const { name } = table.definition;
    const { before, dropped } = await this.#ports.records.update(
      [stateAddress(name)],
      ([bytes]) => {
        if (!bytes) refuse("ResourceNotFoundException", messages.tableNotFoundByName(name));
        const before = decodeState(bytes, this.#newTable());
        check(before);
        const { changes, result } = transition(before, undefined);
        return { changes, result: { before, dropped: result.dropped } };
      },
    );
    table.drop();
    if (this.#tables.get(name) === table) this.#tables.delete(name);
    this.#clearDropped(table, dropped);
    return before;
  }

  #newTable() {
    const { clock, random } = this.#ports;
    return { id: newUuid(random), createdMs: clock.now() };
  }

  #build(table: Table): void {
    this.#ports.jobs.run(`build indexes of "${table.definition.name}"`, () =>
      this.#finishBuilding(table),
    );
  }

  /** One building of a table after the other: a later one may be of another state. */
  #finishBuilding(table: Table): Promise<void> {
    const build = () => this.#buildMissing(table);
    const before = this.#building.get(table) ?? Promise.resolve();
    const built = before.then(build, build);
    this.#building.set(table, built);
    return built;
  }

  async #buildMissing(table: Table): Promise<void> {
    const stopped = () => this.#ports.jobs.stopped() || table.dropped;
    await this.beginRecovery(table);
    const { expiryBuilding } = table.state;
    if (expiryBuilding && (await buildExpiry(table, stopped))) {
      await this.#mark(table, (state) => {
        const same = state.expiryBuilding === expiryBuilding;
        return same ? { ...state, expiryBuilding: undefined } : state;
      });
    }
    for (const index of table.indexes.filter(({ building }) => building)) {
      if (!(await buildIndex(table, index, stopped))) return;
      await this.#mark(table, (state) => {
        const { name } = index.definition;
        if (state.indexes[name]?.space !== index.space) return state;
        return { ...state, indexes: { ...state.indexes, [name]: { space: index.space } } };
      });
    }
  }

  /** A change that nobody has asked for; a table that is gone meanwhile needs none. */
  async #mark(table: Table, decide: (state: TableState) => TableState): Promise<void> {
    const address = stateAddress(table.definition.name);
    const made = this.#newTable();
    const marked = await this.#ports.records.update([address], ([bytes]) => {
      const before = bytes && decodeState(bytes, made);
      if (before?.space !== table.state.space) return { changes: [], result: undefined };
      return transition(before, decide(before));
    });
    if (!marked) return;
    table.state = marked.state;
    this.#clearDropped(table, marked.dropped);
  }

  /** Once neither a write nor a building of the table, as it was, is under way any more. */
  #clearDropped(table: Table, spaces: readonly string[]): void {
    if (spaces.length === 0) return;
    this.#ports.jobs.run("clear what was dropped", async () => {
      await Promise.allSettled([table.writesSettled(), this.#building.get(table)]);
      for (const space of spaces) this.#clear(droppedSpace, space);
    });
  }

  /** Clears a space, then takes the note of it away. */
  #clear(notes: string, space: string): void {
    const { records, jobs } = this.#ports;
    jobs.run(`clear "${space}"`, async () => {
      if (!(await clearSpace(records, space, jobs.stopped))) return;
      const spent = { space: notes, key: utf8(space), value: undefined };
      await records.update([], () => ({ changes: [spent], result: undefined }));
    });
  }
}

/** The changes that lead from one state to the next, and which spaces that leaves behind. */
function transition<N extends TableState | undefined>(before: TableState | undefined, next: N) {
  const result = { state: next, dropped: droppedSpaces(before, next) };
  return { changes: changesOfState(before, next), result };
}

/** The new state, and a note of every space that it no longer has. */
function changesOfState(before: TableState | undefined, next: TableState | undefined): Change[] {
  const { name } = (next ?? before)!.definition;
  const value = next && encodeState(next);
  const dropped = droppedSpaces(before, next).map((space) => ({
    space: droppedSpace,
    key: utf8(space),
    value: new Uint8Array(0),
  }));
  return [{ ...stateAddress(name), value }, ...dropped];
}

function keyText(schema: KeySchema): string {
  return JSON.stringify(keyAttributes(schema).map(({ name, type }) => [name, type]));
}
