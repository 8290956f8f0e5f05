/**
 * The writes of a transaction: all together or none, once for a token, and what they cost.
 *
 * What one item cannot be or do is a reason in its place; a table that is not there refuses the
 * whole request at once, and so does an empty value for a key.
 */

import type { Item } from "../../expressions/mod.ts";
import { type CancellationReason, cancel, TableRefusal } from "../errors.ts";
import {
  type Charge,
  chargeInTransaction,
  chargeOfWrite,
  noCharge,
  readUnits,
  type UnitKind,
} from "../store/capacity.ts";
import { updateItemsAt } from "../store/item-store.ts";
import type { StoredItem } from "../store/stored-item.ts";
import type { Table } from "../store/table.ts";
import type { ItemWrite } from "./item-write.ts";
import { changesOfToken, sizesWhenDone, type Token, tokenAddress } from "./tokens.ts";

/** What each gives, or the transaction canceled with the reasons of those that refused. */
export function allOrNone<T>(computes: readonly (() => T)[]): T[] {
  const reasons: CancellationReason[] = [];
  const results: T[] = [];
  for (const compute of computes) {
    try {
      results.push(compute());
      reasons.push({ Code: "None" });
    } catch (thrown) {
      reasons.push(reasonOf(thrown));
    }
  }
  if (results.length < computes.length) cancel(reasons);
  return results;
}

/** Finds every table first; then what does not fit its table is a reason in its place. */
export function bindEach<I, T>(inputs: readonly I[], find: (input: I) => () => T): readonly T[] {
  return allOrNone(inputs.map(find));
}

/** What became of the items, in the order of the writes. */
export interface Together {
  readonly old: readonly (StoredItem | undefined)[];
  readonly items: readonly (StoredItem | undefined)[];
  /**
   * It was done before, under the same token: nothing has changed. The sizes of the items that it
   * was charged for then, in bytes.
   */
  readonly sizesBefore?: readonly number[];
}

/** Carries out all writes, or none and says why; once for a token. */
export function writeTogether(
  writes: readonly ItemWrite[],
  token: Token | undefined,
): Promise<Together> {
  const beside = token ? [tokenAddress(token)] : [];
  const asked = { targets: writes, beside, kind: "transactWrite" } as const;
  return updateItemsAt<Together>(asked, (old, [stored]) => {
    const sizesBefore = token && sizesWhenDone(token, stored);
    if (sizesBefore) {
      const result = { old, items: old, sizesBefore };
      return { items: old, changes: [], result, kind: { sizes: sizesBefore } };
    }
    const items = allOrNone(writes.map((write, at) => () => write.apply(old[at])));
    const sizes = items.map((item, at) => Math.max(old[at]?.size ?? 0, item?.size ?? 0));
    const changes = token ? changesOfToken(token, sizes) : [];
    return { items, changes, result: { old, items } };
  });
}

/** What is read in a transaction, of so many bytes. */
export function chargeOfTransactRead(bytes: number): Charge {
  return chargeInTransaction({ ...noCharge, table: readUnits(bytes, true) });
}

/** A repeated write is charged as the reading of what it was charged for at first. */
export function chargeOfTransactWrite(table: Table, together: Together, at: number): Charge {
  const { old, items, sizesBefore } = together;
  if (sizesBefore) return chargeOfTransactRead(sizesBefore[at] ?? 0);
  return chargeInTransaction(chargeOfWrite(table, old[at], items[at]));
}

/** The kind of units that the writes were charged in. */
export function unitsOf({ sizesBefore }: Together): UnitKind {
  return sizesBefore ? "ReadCapacityUnits" : "WriteCapacityUnits";
}

function reasonOf(thrown: unknown): CancellationReason {
  if (!(thrown instanceof TableRefusal) || thrown.ofRequest) throw thrown;
  const { code, message, item } = thrown.error;
  const shown: { Item?: Item } = item ? { Item: item } : {};
  if (code === "ConditionalCheckFailedException") {
    return { Code: "ConditionalCheckFailed", ...shown, Message: message };
  }
  if (code === "DuplicateItemException") return { Code: "DuplicateItem", Message: message };
  if (code === "ValidationException") return { Code: "ValidationError", Message: message };
  throw thrown;
}
