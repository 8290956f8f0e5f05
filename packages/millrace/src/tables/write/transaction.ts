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
  chargeOfWrite,
  multiplyCharge,
  noCharge,
  readUnits,
  type UnitKind,
} from "../store/capacity.ts";
import { updateItemsAt } from "../store/item-store.ts";
import type { StoredItem } from "../store/stored-item.ts";
import type { Table } from "../store/table.ts";
import type { ItemWrite } from "./item-write.ts";
import { changesOfToken, type Token, tokenAddress, wasDone } from "./tokens.ts";

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
  /** It was done before, under the same token: nothing has changed. */
  readonly isRepeated: boolean;
}

/** Carries out all writes, or none and says why; once for a token. */
export function writeTogether(
  writes: readonly ItemWrite[],
  token: Token | undefined,
): Promise<Together> {
  const beside = token ? [tokenAddress(token.token)] : [];
  const asked = { targets: writes, beside, kind: "transactWrite" } as const;
  return updateItemsAt<Together>(asked, (old, [stored]) => {
    if (token && wasDone(token, stored)) {
      const result = { old, items: old, isRepeated: true };
      return { items: old, changes: [], result, kind: "transactRead" };
    }
    const items = allOrNone(writes.map((write, at) => () => write.apply(old[at])));
    const changes = token ? changesOfToken(token) : [];
    return { items, changes, result: { old, items, isRepeated: false } };
  });
}

/** What is read or written in a transaction costs twice what it does elsewhere. */
const transactFactor = 2;

export function chargeOfTransactRead(item: StoredItem | undefined): Charge {
  return { ...noCharge, table: transactFactor * readUnits(item?.size ?? 0, true) };
}

/** A repeated write is charged as the reading of its item, as the service does. */
export function chargeOfTransactWrite(table: Table, together: Together, at: number): Charge {
  const [old, item] = [together.old[at], together.items[at]];
  if (together.isRepeated) return chargeOfTransactRead(item);
  return multiplyCharge(chargeOfWrite(table, old, item), transactFactor);
}

/** The kind of units that the writes were charged in. */
export function unitsOf({ isRepeated }: Together): UnitKind {
  return isRepeated ? "ReadCapacityUnits" : "WriteCapacityUnits";
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
