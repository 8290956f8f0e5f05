/** The stored state of a table: how it is written down, and how another definition changes it. */

import { textOf, utf8 } from "../../base/mod.ts";
import type { RecordAddress } from "../../storage/mod.ts";
import { dayMs, streamAgeMaxMs } from "../limits.ts";
import { spacesOfHistory } from "../recovery/history.ts";
import { type RecoveryState, type StreamState, Table, type TableState } from "../store/table.ts";
import type { IndexDefinition, TableDefinition } from "./definition.ts";

/** What a table that is new, or was stored before tables had ids, is given. */
export interface NewTable {
  readonly id: string;
  readonly createdMs: number;
}

export const stateSpace = "tables";

export function stateAddress(name: string): RecordAddress {
  return { space: stateSpace, key: utf8(name) };
}

/** Whether the stored state is of this very table, and not of a later one of its name. */
export function isStateOf({ state }: Table, bytes: Uint8Array | undefined): boolean {
  return bytes !== undefined && decodeState(bytes, state).space === state.space;
}

export function encodeState(state: TableState): Uint8Array {
  return utf8(JSON.stringify(state));
}

/** Takes the older form too, which was the definition alone, of a template. */
export function decodeState(bytes: Uint8Array, made: NewTable): TableState {
  const stored = JSON.parse(textOf(bytes)) as TableState | TableDefinition;
  if ("definition" in stored) return stored;
  const space = `table/${stored.name}`;
  return { definition: stored, ...made, origin: "template", space, indexes: {} };
}

export interface Transition {
  /** Absent: a new table. */
  readonly before?: TableState;
  readonly made: NewTable;
  readonly origin: TableState["origin"];
  /** There is nothing that its indexes could lack. */
  readonly built?: boolean;
}

/** An index whose definition stays keeps its entries; any other begins with none. */
export function nextState(definition: TableDefinition, transition: Transition): TableState {
  const { before, made, origin, built } = transition;
  const space = before?.space ?? `table/${definition.name}/${made.id}`;
  const indexes = (definition.indexes ?? []).map((index) => {
    const kept = before && keptIndex(before, index);
    const fresh = { space: `${space}/index/${made.id}/${index.name}`, building: !built };
    return [index.name, kept ?? fresh] as const;
  });
  const expiryMoved = before && before.definition.ttlAttribute !== definition.ttlAttribute;
  const state: TableState = {
    ...before,
    id: before?.id ?? made.id,
    createdMs: before?.createdMs ?? made.createdMs,
    definition,
    origin,
    space,
    indexes: Object.fromEntries(indexes),
    streams: nextStreams(before?.streams ?? [], { definition, made, space }),
    recovery: nextRecovery(before, { definition, made, space }),
    ...(before?.insights && { insights: keptInsights(before.insights, definition) }),
  };
  return expiryMoved ? { ...state, expiryBuilding: made.id } : state;
}

/** An index that goes, and comes again, begins without. */
function keptInsights(
  before: NonNullable<TableState["insights"]>,
  { indexes = [] }: TableDefinition,
): TableState["insights"] {
  const there = new Set(["", ...indexes.map(({ name }) => name)]);
  return Object.fromEntries(Object.entries(before).filter(([part]) => there.has(part)));
}

/** A history that is to reach back further reaches as far as it was kept until now. */
function nextRecovery(
  before: TableState | undefined,
  { definition, made, space }: Making,
): RecoveryState | undefined {
  const { recoveryDays: days } = definition;
  if (days === undefined) return undefined;
  const kept = before?.recovery;
  const keptDays = before?.definition.recoveryDays;
  if (!kept || keptDays === undefined) return { space: `${space}/history/${made.id}` };
  if (days <= keptDays || kept.sinceMs === undefined) return kept;
  return { ...kept, sinceMs: Math.max(kept.sinceMs, made.createdMs - keptDays * dayMs) };
}

interface Making {
  readonly definition: TableDefinition;
  readonly made: NewTable;
  readonly space: string;
}

/** A stream that is over is kept for as long as its records are. */
function nextStreams(
  before: readonly StreamState[],
  { definition, made, space }: Making,
): readonly StreamState[] {
  const nowMs = made.createdMs;
  const { streamView: view } = definition;
  const ended = before
    .map((stream) => {
      const goesOn = stream.endedMs !== undefined || stream.view === view;
      return goesOn ? stream : { ...stream, endedMs: nowMs };
    })
    .filter((stream) => !isStreamOver(stream, nowMs));
  const running = ended.some(({ endedMs }) => endedMs === undefined);
  if (view === undefined || running) return ended;
  return [...ended, { space: `${space}/stream/${made.id}`, view, startedMs: nowMs }];
}

/** Whether a stream was ended so long ago that none of its records is kept. */
export function isStreamOver({ endedMs }: StreamState, nowMs: number): boolean {
  return endedMs !== undefined && nowMs - endedMs >= streamAgeMaxMs;
}

/** The state without streams that are over; the very state when there is none. */
export function withoutOldStreams(state: TableState, nowMs: number): TableState {
  const { streams = [] } = state;
  const kept = streams.filter((stream) => !isStreamOver(stream, nowMs));
  return kept.length === streams.length ? state : { ...state, streams: kept };
}

function keptIndex(before: TableState, index: IndexDefinition) {
  const old = before.definition.indexes?.find(({ name }) => name === index.name);
  return old && layoutText(old) === layoutText(index) ? before.indexes[index.name] : undefined;
}

/** All that decides which entries an index has. */
function layoutText(index: IndexDefinition): string {
  const { scope, partitionKey, sortKey, furtherKeys, projection } = index;
  return JSON.stringify([scope, partitionKey, sortKey, furtherKeys, projection]);
}

/** Spaces of the older state that the newer does not have. */
export function droppedSpaces(
  before: TableState | undefined,
  next: TableState | undefined,
): string[] {
  if (!before) return [];
  const kept = new Set(next && spacesOf(next));
  return spacesOf(before).filter((space) => !kept.has(space));
}

function spacesOf(state: TableState): string[] {
  const indexes = Object.values(state.indexes).map(({ space }) => space);
  const streams = (state.streams ?? []).map(({ space }) => space);
  const history = state.recovery ? spacesOfHistory(state.recovery) : [];
  return [...Table.ownSpaces(state), ...indexes, ...streams, ...history];
}
