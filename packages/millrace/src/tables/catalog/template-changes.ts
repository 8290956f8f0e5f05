/**
 * What a new version of the template changes in a table that is there.
 *
 * As on AWS, a property is set when the template changes it: capacity that UpdateTable or scaling
 * has moved since stays, while the template says the same as before.
 */

import type { DeclaredThroughput, TableState } from "../store/table.ts";
import type { TableDefinition } from "./definition.ts";

/** The capacity that the template says, of the table (`""`) and of its indexes by name. */
export function declaredThroughput({ throughput, indexes = [] }: TableDefinition) {
  const declared: Record<string, DeclaredThroughput> = { "": throughput ?? null };
  for (const index of indexes) declared[index.name] = index.throughput ?? null;
  return declared;
}

/** Contributor insights as the template says them; since when, where they were so before. */
export function declaredInsights(
  before: TableState | undefined,
  { insights = {} }: TableDefinition,
  nowMs: number,
): NonNullable<TableState["insights"]> {
  const entries = Object.entries(insights).map(([part, mode]) => {
    const kept = before?.insights?.[part];
    return [part, kept?.mode === mode ? kept : { mode, updatedMs: nowMs }] as const;
  });
  return Object.fromEntries(entries);
}

/** The definition of the template, with the capacity that it has not changed as it is now. */
export function keepMovedCapacity(before: TableState, wanted: TableDefinition): TableDefinition {
  const [then, now] = [before.declared, declaredThroughput(wanted)];
  const current = before.definition;
  const isBilledSame = (current.throughput === undefined) === (wanted.throughput === undefined);
  if (!then || !isBilledSame) return wanted;
  const isSame = (name: string) =>
    then[name] !== undefined && JSON.stringify(then[name]) === JSON.stringify(now[name]);
  const { throughput } = current;
  return {
    ...wanted,
    ...(throughput && isSame("") && { throughput }),
    ...(wanted.indexes && {
      indexes: wanted.indexes.map((index) => {
        const moved = current.indexes?.find(({ name }) => name === index.name)?.throughput;
        return moved && isSame(index.name) ? { ...index, throughput: moved } : index;
      }),
    }),
  };
}
