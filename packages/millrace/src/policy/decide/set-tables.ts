/**
 * The tables of a policy set, all rules open: made once for each action, shared by everything that
 * asks the set. They go when the set goes.
 */

import { policyLimits } from "../limits.ts";
import { type ActionTable, createActionTable } from "./action-table.ts";
import type { PolicySet } from "./policy-set.ts";

const tablesBySet = new WeakMap<PolicySet, Map<string, ActionTable>>();

/** The table for the action, as it is spelled; it never changes, as the set does not. */
export function tableOf(set: PolicySet, action: string): ActionTable {
  let tables = tablesBySet.get(set);
  if (!tables) {
    tables = new Map();
    tablesBySet.set(set, tables);
  }
  let table = tables.get(action);
  if (!table) {
    if (tables.size >= policyLimits.actionTablesMax) tables.clear();
    table = createActionTable(set, action);
    tables.set(action, table);
  }
  return table;
}
