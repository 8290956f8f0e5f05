/** Selections to closures. */

import type { Evaluate, Scope } from "../run.ts";
import type { SelectItem, Selection } from "../syntax/tree.ts";
import {
  copyFor,
  copyOf,
  emptyObjectFor,
  isObject,
  memberOf,
  type ObjectBuilder,
  put,
  type Value,
} from "../values/value.ts";
import { compileExpression } from "./expression.ts";
import type { Setting } from "./setting.ts";

/** `*` without alias, and nothing else. */
export function isStarAlone(selection: Selection): boolean {
  return selection.kind === "list" && selection.items.length === 1 && hasBareStar(selection);
}

/** Whether a `*` adds its members to the result. */
export function hasBareStar(selection: Selection): boolean {
  if (selection.kind === "value") return false;
  return selection.items.some(({ kind, alias }) => kind === "star" && alias === undefined);
}

/** The selected value; Undefined when a bare `*` adds its members but `star` is no object. */
export function compileSelection(selection: Selection, star: Evaluate, setting: Setting): Evaluate {
  if (selection.kind === "value") return compileExpression(selection.expression, setting);
  if (isStarAlone(selection)) return star;
  const columns = selection.items.flatMap((item) => compileColumn(item, star, setting));
  const heads = selection.items.flatMap(({ alias }) => alias?.[0] ?? []);
  const begin = hasBareStar(selection) ? copyOfStar(star, heads) : beginEmpty(heads);
  return (scope) => {
    const object = begin(scope);
    if (!object) return undefined;
    for (const column of columns) column(object, scope);
    return object;
  };
}

type Begin = (scope: Scope) => ObjectBuilder | undefined;

function beginEmpty(heads: readonly string[]): Begin {
  const empty = emptyObjectFor(heads);
  return empty instanceof Map ? () => new Map() : () => ({});
}

function copyOfStar(star: Evaluate, heads: readonly string[]): Begin {
  return (scope) => {
    const value = star(scope);
    return isObject(value) ? copyFor(value, heads) : undefined;
  };
}

type AddColumn = (object: ObjectBuilder, scope: Scope) => void;

function compileColumn(item: SelectItem, star: Evaluate, setting: Setting): AddColumn[] {
  if (item.alias === undefined) return [];
  const [head, ...rest] = item.alias as [string, ...string[]];
  const evaluate = item.kind === "star" ? star : compileExpression(item.expression, setting);
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
