/**
 * UpdateTable: capacity, stream, deletion protection, and one index made or dropped at a time.
 *
 * An index that is made is filled from the items that are there, beside the writes that go on;
 * until that is done it cannot be read.
 */

import {
  checkOnDemandUnwanted,
  checkProjectedNames,
  checkUnits,
  onDemandMaxOf,
  readGlobalIndex,
  throughputOf,
} from "../catalog/check-table.ts";
import {
  type IndexDefinition,
  keyAttributes,
  type TableDefinition,
} from "../catalog/definition.ts";
import { describe } from "../catalog/describe.ts";
import { refuse, refuseInvalid } from "../errors.ts";
import { globalIndexCountMax } from "../limits.ts";
import { messages } from "../messages.ts";
import { readRequest } from "../request/read.ts";
import { type UpdateTableInput, updateTableShape } from "../request/table-shapes.ts";
import type { TableState } from "../store/table.ts";
import { readStreamView } from "./create-table.ts";
import type { Operation } from "./operation.ts";

type IndexUpdate = NonNullable<UpdateTableInput["GlobalSecondaryIndexUpdates"]>[number];

export const updateTable: Operation = async (context, request) => {
  const { catalog, account, clock, sizes, logger } = context;
  const input = readRequest(updateTableShape, request);
  const { TableName, SSESpecification } = input;
  if (SSESpecification?.Enabled) logger.warn("tables are not encrypted on disk", { TableName });
  checkSomethingAsked(input);
  checkBillingAlone(input);
  const table = catalog.findByName(input.TableName);
  let dropped: readonly IndexDefinition[] = [];
  const state = await catalog.change(table, (before) => {
    const definition = changeDefinition(before, input);
    dropped = droppedIndexes(before.definition, definition);
    const next = catalog.redefine(before, definition);
    return { ...next, ...changeTimes(before, next, clock.now()) };
  });
  const shown = {
    account,
    status: "UPDATING",
    sizes: await sizes.sizesOf(table),
    dropped,
  } as const;
  return { TableDescription: describe(state, shown) };
};

function droppedIndexes(before: TableDefinition, after: TableDefinition): IndexDefinition[] {
  const kept = new Set(after.indexes?.map(({ name }) => name));
  return (before.indexes ?? []).filter(({ name }) => !kept.has(name));
}

function checkSomethingAsked(input: UpdateTableInput): void {
  const { AttributeDefinitions: _, TableName: __, GlobalSecondaryIndexUpdates, ...rest } = input;
  if (Object.keys(rest).length === 0 && !GlobalSecondaryIndexUpdates?.length) {
    refuseInvalid(messages.updateNothing);
  }
}

function checkBillingAlone({ BillingMode, ProvisionedThroughput }: UpdateTableInput): void {
  if (BillingMode === "PAY_PER_REQUEST" && ProvisionedThroughput) {
    refuseInvalid(messages.unitsUnwanted);
  }
  if (BillingMode === "PROVISIONED" && !ProvisionedThroughput) {
    refuseInvalid(messages.unitsMissing);
  }
  if (ProvisionedThroughput) checkUnits(ProvisionedThroughput);
}

function changeDefinition(before: TableState, input: UpdateTableInput): TableDefinition {
  const { DeletionProtectionEnabled, TableClass } = input;
  let definition = changeBilling(before.definition, input);
  if (input.StreamSpecification) {
    definition = changeStream(definition, readStreamView(input.StreamSpecification));
  }
  if (DeletionProtectionEnabled !== undefined) {
    definition = { ...definition, deletionProtected: DeletionProtectionEnabled };
  }
  if (input.OnDemandThroughput) {
    definition = { ...definition, onDemandMax: onDemandMaxOf(input.OnDemandThroughput) };
  }
  if (TableClass) definition = { ...definition, tableClass: TableClass };
  const updates = input.GlobalSecondaryIndexUpdates ?? [];
  if (updates.length > 0) {
    const rebilled = { ...before, definition };
    definition = { ...definition, indexes: changeIndexes(rebilled, updates, input) };
  }
  if (!before.definition.throughput) checkIndexUnits(definition);
  if (definition.throughput) checkOnDemandMembers(input);
  return definition;
}

/** Of a table that is not on demand, and of its indexes, nothing of that kind can be bounded. */
function checkOnDemandMembers(input: UpdateTableInput): void {
  checkOnDemandUnwanted(input.OnDemandThroughput);
  for (const { Create, Update } of input.GlobalSecondaryIndexUpdates ?? []) {
    const change = Create ?? Update;
    checkOnDemandUnwanted(change?.OnDemandThroughput, change?.IndexName);
  }
}

/** Refuses a table that is no longer on demand while it has global indexes that still are. */
function checkIndexUnits({ throughput, indexes = [] }: TableDefinition): void {
  if (!throughput) return;
  const lacking = indexes.filter((index) => index.scope === "global" && !index.throughput);
  if (lacking.length === 0) return;
  refuseInvalid(messages.indexUnitsMissing(lacking.map(({ name }) => name).join(",")));
}

/** On demand there are no units, with units nothing is bounded: nor are its indexes'. */
function changeBilling(
  definition: TableDefinition,
  { BillingMode, ProvisionedThroughput: units }: UpdateTableInput,
): TableDefinition {
  if (BillingMode === "PAY_PER_REQUEST") {
    const { throughput: _, ...rest } = definition;
    return { ...rest, indexes: definition.indexes?.map(({ throughput: __, ...index }) => index) };
  }
  if (!units) return definition;
  const { throughput } = definition;
  if (!throughput && !BillingMode) refuseInvalid(messages.unitsUnwanted);
  const next = throughputOf(units);
  const same =
    throughput?.readUnits === next.readUnits && throughput.writeUnits === next.writeUnits;
  if (same) refuseInvalid(messages.updateSameUnits(next.readUnits, next.writeUnits));
  if (throughput) return { ...definition, throughput: next };
  const { onDemandMax: _, ...rest } = definition;
  const indexes = definition.indexes?.map(({ onDemandMax: __, ...index }) => index);
  return { ...rest, throughput: next, indexes };
}

function changeStream(definition: TableDefinition, view: string | undefined): TableDefinition {
  const { streamView, ...rest } = definition;
  if (view !== undefined && streamView !== undefined) {
    refuseInvalid(`${messages.streamOn}${definition.name}`);
  }
  if (view === undefined && streamView === undefined) {
    refuseInvalid(`${messages.streamOff}${definition.name}`);
  }
  return view === undefined ? rest : { ...rest, streamView: view };
}

/** The indexes of a table whose billing is that of the request already. */
function changeIndexes(
  before: TableState,
  updates: readonly IndexUpdate[],
  input: UpdateTableInput,
): IndexDefinition[] {
  checkUpdates(updates);
  let indexes = [...(before.definition.indexes ?? [])];
  for (const { Create, Delete, Update } of updates) {
    if (Create) indexes.push(createdIndex(before, indexes, Create, input));
    if (Delete) indexes = dropIndex(before, indexes, Delete.IndexName);
    if (Update) indexes = updateIndex(indexes, Update, !before.definition.throughput);
  }
  const global = indexes.filter(({ scope }) => scope === "global");
  if (global.length > globalIndexCountMax) {
    refuse("LimitExceededException", messages.indexMany(globalIndexCountMax));
  }
  checkProjectedNames(indexes);
  if (input.AttributeDefinitions) checkAllUsed(before, indexes, input.AttributeDefinitions);
  return indexes;
}

function checkUpdates(updates: readonly IndexUpdate[]): void {
  const names = new Set<string>();
  for (const { Create, Delete, Update } of updates) {
    const action = Create ?? Delete ?? Update;
    if (!action) refuseInvalid(messages.indexUpdateEmpty);
    if (names.has(action.IndexName)) {
      refuseInvalid(messages.indexUpdatedTwice(action.IndexName));
    }
    names.add(action.IndexName);
  }
  if (updates.filter(({ Create, Delete }) => Create ?? Delete).length > 1) {
    refuse("LimitExceededException", messages.indexUpdatesAtOnce);
  }
}

function createdIndex(
  { definition, indexes: states }: TableState,
  indexes: readonly IndexDefinition[],
  created: NonNullable<IndexUpdate["Create"]>,
  input: UpdateTableInput,
): IndexDefinition {
  const { IndexName: name } = created;
  if (indexes.some((index) => index.name === name)) refuseInvalid(messages.indexExists);
  if (Object.values(states).some(({ building }) => building)) {
    refuse("LimitExceededException", messages.indexUpdatesAtOnce);
  }
  const { AttributeDefinitions = [] } = input;
  const onDemand = !definition.throughput;
  if (onDemand && created.ProvisionedThroughput) {
    refuseInvalid(messages.indexUnitsUnwanted(name));
  }
  if (!onDemand && !created.ProvisionedThroughput) refuseInvalid(messages.indexUnitsMissing(name));
  return readGlobalIndex(created, { attributes: AttributeDefinitions, table: definition });
}

function dropIndex(
  { definition, indexes: states }: TableState,
  indexes: readonly IndexDefinition[],
  name: string,
): IndexDefinition[] {
  const dropped = indexes.find((index) => index.name === name && index.scope === "global");
  if (!dropped) refuse("ResourceNotFoundException", messages.tableNotFound);
  if (states[name]?.building) {
    refuse("ResourceInUseException", messages.indexInUse(definition.name, name));
  }
  return indexes.filter((index) => index !== dropped);
}

function updateIndex(
  indexes: readonly IndexDefinition[],
  update: NonNullable<IndexUpdate["Update"]>,
  onDemand: boolean,
): IndexDefinition[] {
  const { IndexName, ProvisionedThroughput: units, OnDemandThroughput: max } = update;
  if (!indexes.some(({ name, scope }) => name === IndexName && scope === "global")) {
    refuse("ResourceNotFoundException", messages.tableNotFound);
  }
  if (units && onDemand) refuseInvalid(messages.indexUnitsUnwanted(IndexName));
  if (units) checkUnits(units, IndexName);
  const changed = {
    ...(units && { throughput: throughputOf(units) }),
    ...(max && { onDemandMax: onDemandMaxOf(max, IndexName) }),
  };
  return indexes.map((index) => (index.name === IndexName ? { ...index, ...changed } : index));
}

/** Attributes of keys that stay may be named again, or left out. */
function checkAllUsed(
  { definition }: TableState,
  indexes: readonly IndexDefinition[],
  attributes: NonNullable<UpdateTableInput["AttributeDefinitions"]>,
): void {
  const schemas = [definition, ...(definition.indexes ?? []), ...indexes];
  const used = [...new Set(schemas.flatMap(keyAttributes).map(({ name }) => name))];
  const defined = attributes.map(({ AttributeName }) => AttributeName);
  if (defined.every((name) => used.includes(name))) return;
  refuseInvalid(messages.attributesUnused(defined, used));
}

function changeTimes(before: TableState, next: TableState, nowMs: number): Partial<TableState> {
  const billed = (state: TableState) => state.definition.throughput !== undefined;
  return billed(before) === billed(next) ? {} : { billingChangedMs: nowMs };
}
