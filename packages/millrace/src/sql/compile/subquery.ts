/** Subqueries to closures. */

import type { Evaluate, Run, Scope } from "../run.ts";
import type { Subquery } from "../syntax/tree.ts";
import { isTrue } from "../values/convert.ts";
import { countMembers, isArray, isObject, type Value } from "../values/value.ts";
import { compileCondition, compileExpression } from "./expression.ts";
import { compileSelection, hasBareStar } from "./select.ts";
import type { Setting } from "./setting.ts";
import { sizeOf } from "./size.ts";

/** Over an array an array, one entry for each row that passes; over an object one result. */
export function compileSubquery(query: Subquery, setting: Setting): Evaluate {
  const inner = { ...setting, aliases: [query.alias, ...setting.aliases] };
  const from = compileExpression(query.from, setting);
  const select = compileSelection(query.selection, (scope) => scope.row, inner);
  const condition = query.where && compileCondition(query.where, inner);
  // What a row costs besides the calls in it, which count for themselves.
  const cost = 6 + 2 * sizeOf(query);
  const copiesRow = hasBareStar(query.selection);
  const selectRow = (row: Value, outer: Scope, run: Run) => {
    run.spend(copiesRow && isObject(row) ? cost + 4 * countMembers(row) : cost);
    const scope = { run, row, outer };
    return !condition || isTrue(condition(scope)) ? select(scope) : undefined;
  };
  return (outer) => {
    const { run } = outer;
    const source = from(outer);
    if (isObject(source)) return selectRow(source, outer, run);
    if (!isArray(source)) return undefined;
    const rows: Value[] = [];
    for (const row of source) {
      const selected = selectRow(row, outer, run);
      if (selected !== undefined) rows.push(selected);
    }
    return rows;
  };
}
