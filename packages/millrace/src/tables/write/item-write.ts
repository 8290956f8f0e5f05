/**
 * A write of one item, read from its request and then bound to its table.
 *
 * The same write stands alone, in a batch or in a transaction. `apply` runs inside the update of
 * the store, on the newest item: there the condition is met, or not.
 */

import type { Condition, Item, Placeholders, Update } from "../../expressions/mod.ts";
import { keyAttributes } from "../catalog/definition.ts";
import { accepted, refuse, refuseInvalid } from "../errors.ts";
import { itemBytesMax } from "../limits.ts";
import { messages } from "../messages.ts";
import { readCondition } from "../request/expressions.ts";
import { checkNesting } from "../request/values.ts";
import { itemSize } from "../store/item-size.ts";
import type { ItemTarget } from "../store/item-store.ts";
import { checkIndexKeys, keyBytesOfItem, keyBytesOfKey } from "../store/keys.ts";
import { StoredItem } from "../store/stored-item.ts";
import type { Table } from "../store/table.ts";

/** Which item, whether, and what becomes of it. */
export interface ItemWrite extends ItemTarget {
  /** The next item, `undefined` for none; refuses when the condition is not met. */
  apply(old: StoredItem | undefined): StoredItem | undefined;
}

/** A condition, and whether its failure shows the item. */
export interface Guard {
  readonly condition: Condition | undefined;
  readonly showsItem: boolean;
}

interface GuardMembers {
  readonly ConditionExpression?: string | undefined;
  readonly ReturnValuesOnConditionCheckFailure?: "ALL_OLD" | "NONE" | undefined;
}

export function readGuard(input: GuardMembers, placeholders: Placeholders): Guard {
  const { ConditionExpression: source } = input;
  return guardWith(input, readCondition(source, "ConditionExpression", placeholders));
}

export function guardWith(input: GuardMembers, condition: Condition | undefined): Guard {
  return { condition, showsItem: input.ReturnValuesOnConditionCheckFailure === "ALL_OLD" };
}

/** Refuses an item that the condition does not admit. */
function admit({ condition, showsItem }: Guard, old: StoredItem | undefined): void {
  if (!condition || condition.test(old?.item ?? {})) return;
  const shown = showsItem ? old?.item : undefined;
  refuse("ConditionalCheckFailedException", messages.conditionFailed, shown);
}

/** Replaces whatever item has the key; refuses attributes that cannot be keys as they should. */
export function bindPut(table: Table, item: Item, guard: Guard): ItemWrite {
  const key = keyBytesOfItem(table.definition, item);
  checkIndexKeys(table, item, "put");
  const next = StoredItem.of(item);
  const apply = (old: StoredItem | undefined) => {
    admit(guard, old);
    return next;
  };
  return { table, key, apply };
}

/** No error when there is no such item. */
export function bindDelete(table: Table, key: Item, guard: Guard): ItemWrite {
  const apply = (old: StoredItem | undefined) => admit(guard, old) as undefined;
  return { table, key: keyBytesOfKey(table.definition, key), apply };
}

/** Changes nothing, whatever the item. */
export function bindCheck(table: Table, key: Item, guard: Guard): ItemWrite {
  const apply = (old: StoredItem | undefined) => {
    admit(guard, old);
    return old;
  };
  return { table, key: keyBytesOfKey(table.definition, key), apply };
}

/** How an item is to be edited; no update at all makes an item of its key alone. */
export interface Edit {
  readonly key: Item;
  readonly update: Update | undefined;
}

/** Edits the item, or makes it; an update that cannot be applied is refused when it is. */
export function bindUpdate(table: Table, { key, update }: Edit, guard: Guard): ItemWrite {
  const keyBytes = keyBytesOfKey(table.definition, key);
  checkKeyUntouched(table, update);
  const apply = (old: StoredItem | undefined) => {
    admit(guard, old);
    return edited(table, { key, update }, old);
  };
  return { table, key: keyBytes, apply };
}

function checkKeyUntouched(table: Table, update: Update | undefined): void {
  for (const { name } of keyAttributes(table.definition)) {
    const touched = update?.paths.some(([first]) => first === name);
    if (touched) refuseInvalid(messages.keyUpdate(name));
  }
}

function edited(table: Table, { key, update }: Edit, old: StoredItem | undefined) {
  const item = update ? accepted(update.apply(old?.item ?? key)) : (old?.item ?? key);
  // Removing from an item that is not there does not bring it into being.
  if (update && !old && !update.createsItem) return undefined;
  checkNesting(item);
  if (itemSize(item) > itemBytesMax) refuseInvalid(messages.updatedItemSize);
  checkIndexKeys(table, item, "update");
  return item === old?.item ? old : StoredItem.of(item);
}
