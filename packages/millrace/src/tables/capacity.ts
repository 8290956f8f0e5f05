/** Capacity units, as the service charges them. */

import type { ConsumedCapacity, ReturnConsumedCapacity } from "./api.ts";

/** One for each 4 KB begun, half of that when the read may be stale; at least one step. */
export function readUnits(bytes: number, consistent = false): number {
  return Math.max(1, Math.ceil(bytes / 4096)) * (consistent ? 1 : 0.5);
}

/** One for each 1 KB begun of the larger of the item before and after; at least one. */
export function writeUnits(bytesBefore: number, bytesAfter: number): number {
  return Math.max(1, Math.ceil(Math.max(bytesBefore, bytesAfter) / 1024));
}

/** The member of an answer; the units are not even computed when it was not asked for. */
export function chargeOf(
  input: { readonly TableName: string; readonly ReturnConsumedCapacity?: ReturnConsumedCapacity },
  countUnits: () => number,
): { ConsumedCapacity?: ConsumedCapacity } {
  const { TableName, ReturnConsumedCapacity } = input;
  if (!ReturnConsumedCapacity || ReturnConsumedCapacity === "NONE") return {};
  const units = countUnits();
  const total = { TableName, CapacityUnits: units };
  const indexes = ReturnConsumedCapacity === "INDEXES";
  return { ConsumedCapacity: indexes ? { ...total, Table: { CapacityUnits: units } } : total };
}
