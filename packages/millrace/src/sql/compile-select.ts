/** Selections and subqueries to closures. */

import { compileCondition, compileExpression } from "./compile-expression.ts";
import type { Evaluate, Scope } from "./scope.ts";
import type { SelectItem, Selection, Subquery } from "./syntax.ts";
import {
  copyOf,
  emptyObjectFor,
  isArray,
  isObject,
  memberOf,
  type ObjectBuilder,
  put,
  type Value,
} from "./value.ts";
import type { SqlVersion } from "./version.ts";

/** `*` without alias, and nothing else. */
export function isStarAlone(selection: Selection): boolean {
  if (selection.kind === "value" || selection.items.length !== 1) return false;
  const [item] = selection.items;
  return item?.kind === "star" && item.alias === undefined;
}

/** The selected value; Undefined when a bare `*` adds its members but `star` is no object. */
export function compileSelection(
  selection: Selection,
  star: Evaluate,
  version: SqlVersion,
): Evaluate {
  if (selection.kind === "value") return compileExpression(selection.expression, version);
  if (isStarAlone(selection)) return star;
  const { items } = selection;
  const starAt = items.findIndex((item) => item.kind === "star" && item.alias === undefined);
  const empty = emptyObjectFor(items.flatMap(({ alias }) => alias?.[0] ?? []));
  const columns = items.flatMap((item) => compileColumn(item, star, version));
  return (scope) => {
    let object = empty;
    if (starAt >= 0) {
      const value = star(scope);
      if (!isObject(value)) return undefined;
      object = value as ObjectBuilder;
    }
    object = copyOf(object);
    for (const column of columns) column(object, scope);
    return object;
  };
}

type AddColumn = (object: ObjectBuilder, scope: Scope) => void;

function compileColumn(item: SelectItem, star: Evaluate, version: SqlVersion): AddColumn[] {
  if (item.alias === undefined) return [];
  const [head, ...rest] = item.alias as [string, ...string[]];
  const evaluate = item.kind === "star" ? star : compileExpression(item.expression, version);
  if (rest.length === 0) {
    return [
      (object, scope) => {
        const value = evaluate(scope);
        if (value !== undefined) put(object, head, value);
      },
    ];
  }
  return [
    (object, scope) => {
      const value = evaluate(scope);
      if (value !== undefined) put(object, head, withValueAt(memberOf(object, head), rest, value));
    },
  ];
}

/** `base`, or an empty object when it is none, with `value` at the end of the path. */
function withValueAt(base: Value, path: readonly string[], value: Value): Value {
  const [head, ...rest] = path;
  if (head === undefined) return value;
  const object = isObject(base) ? copyOf(base) : emptyObjectFor([head]);
  put(object, head, withValueAt(memberOf(object, head), rest, value));
  return object;
}

/** Over an array an array, one entry for each row that passes; over an object one result. */
export function compileSubquery(query: Subquery, version: SqlVersion): Evaluate {
  const from = compileExpression(query.from, version);
  const select = compileSelection(query.selection, (scope) => scope.row, version);
  const passes = query.where ? compileCondition(query.where, version) : () => true;
  return (outer) => {
    const source = from(outer);
    const selectRow = (row: Value) => {
      const scope = { message: outer.message, row, alias: query.alias, outer };
      return passes(scope) ? select(scope) : undefined;
    };
    if (isArray(source)) return source.map(selectRow).filter((row) => row !== undefined);
    return isObject(source) ? selectRow(source) : undefined;
  };
}
