/**
 * INSERT, UPDATE, DELETE and EXISTS as writes of one item.
 *
 * INSERT refuses an item that is there, UPDATE one that is not; DELETE of nothing is no error.
 */

import {
  type Condition,
  compileUpdateActions,
  type DeleteStatement,
  type Item,
  projectionOf,
  type Statement,
  type UpdateStatement,
} from "../../expressions/mod.ts";
import { accepted, refuse, refuseInvalid } from "../errors.ts";
import { itemBytesMax } from "../limits.ts";
import { messages } from "../messages.ts";
import type { StatementInput } from "../request/statement-shapes.ts";
import { checkNesting } from "../request/values.ts";
import { itemSize } from "../store/item-size.ts";
import type { StoredItem } from "../store/stored-item.ts";
import type { Table } from "../store/table.ts";
import type { ItemWrite } from "../write/item-write.ts";
import { bindCheck, bindDelete, bindPut, bindUpdate, guardWith } from "../write/item-write.ts";
import { pinItem } from "./read-statement.ts";

export type WriteStatement = Exclude<Statement, { kind: "select" }>;

export interface StatementWrite extends ItemWrite {
  /** What RETURNING shows; `undefined` when there is nothing to show. */
  returned(old: Item | undefined, item: Item | undefined): Item | undefined;
}

/** Refuses what does not fit the table; the condition is met, or not, when it is applied. */
export function bindStatement(
  table: Table,
  statement: WriteStatement,
  input: StatementInput,
): StatementWrite {
  switch (statement.kind) {
    case "insert":
      return { ...bindInsert(table, statement.item), returned: () => undefined };
    case "update":
      return bindUpdateStatement(table, statement, input);
    case "delete":
      return bindDeleteStatement(table, statement, input);
    case "exists": {
      const { key, rest } = pinItem(table, statement);
      const write = bindCheck(table, key, guardWith(input, onlyThere(rest)));
      return { ...write, returned: () => undefined };
    }
  }
}

function bindInsert(table: Table, item: Item): ItemWrite {
  checkNesting(item);
  if (itemSize(item) > itemBytesMax) refuseInvalid(messages.itemSize);
  const write = bindPut(table, item, { condition: undefined, showsItem: false });
  const apply = (old: StoredItem | undefined) => {
    if (old) refuse("DuplicateItemException", messages.itemExists);
    return write.apply(old);
  };
  return { ...write, apply };
}

function bindUpdateStatement(
  table: Table,
  statement: UpdateStatement,
  input: StatementInput,
): StatementWrite {
  const { key, rest } = pinItem(table, statement);
  const update = accepted(compileUpdateActions(statement.actions, statement.placeholders));
  const write = bindUpdate(table, { key, update }, guardWith(input, onlyThere(rest)));
  const touched = projectionOf(update.paths);
  return {
    ...write,
    returned: (old, item) => {
      const { returning } = statement;
      if (!returning) return undefined;
      const version = returning.endsWith("OLD") ? old : item;
      return version && (returning.startsWith("ALL") ? version : touched(version));
    },
  };
}

function bindDeleteStatement(
  table: Table,
  statement: DeleteStatement,
  input: StatementInput,
): StatementWrite {
  const { returning } = statement;
  if (returning && returning !== "ALL_OLD") refuseInvalid(messages.returningOldOnly);
  const { key, rest } = pinItem(table, statement);
  const condition = rest && { ...rest, test: (item: Item) => isNone(item) || rest.test(item) };
  const write = bindDelete(table, key, guardWith(input, condition));
  return { ...write, returned: (old) => (returning ? old : undefined) };
}

/** An item that is not there is looked at as one without attributes. */
function isNone(item: Item): boolean {
  return Object.keys(item).length === 0;
}

function onlyThere(rest: Condition | undefined): Condition {
  const test = (item: Item) => !isNone(item) && (rest?.test(item) ?? true);
  return { test, attributeNames: rest?.attributeNames ?? new Set() };
}
