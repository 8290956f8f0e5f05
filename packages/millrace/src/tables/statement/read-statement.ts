/** Reads a statement of a request, and finds the item that its condition names. */

import {
  type Condition,
  type Conjunct,
  compileConditionNode,
  type Item,
  joinConjuncts,
  type Placeholders,
  parseStatement,
  type Statement,
  splitConjuncts,
} from "../../expressions/mod.ts";
import { keyAttributes } from "../catalog/definition.ts";
import { accepted, refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";
import type { StatementInput } from "../request/statement-shapes.ts";
import { normalizeValue } from "../request/values.ts";
import type { Table } from "../store/table.ts";

/** The statement with its parameters in place; no table is looked at. */
export function readStatement(input: StatementInput): Statement {
  const parameters = (input.Parameters ?? []).map((parameter) => normalizeValue(parameter));
  return accepted(parseStatement(input.Statement, parameters));
}

/** One item, and what else the condition says of it. */
export interface Pinned {
  readonly key: Item;
  readonly rest: Condition | undefined;
}

type Filtered = Exclude<Statement, { kind: "insert" }>;

/** Refuses an index, and a condition that does not name exactly one item by its whole key. */
export function pinItem(table: Table, statement: Filtered, refusal?: string): Pinned {
  const { where, placeholders } = statement;
  if (statement.kind === "select" && statement.index !== undefined) {
    refuseInvalid(messages.selectPinnedIndex(statement.index));
  }
  const conjuncts = splitConjuncts(where, placeholders);
  const key: Record<string, Item[string]> = {};
  const used: Conjunct[] = [];
  for (const { name } of keyAttributes(table.definition)) {
    const found = conjuncts.find(({ comparison }) => {
      return comparison?.attribute === name && comparison.wanted.operator === "=";
    });
    const wanted = found?.comparison?.wanted;
    if (!found || !wanted || wanted.operator === "between") {
      return refuseInvalid(refusal ?? messages.keyNotPinned);
    }
    key[name] = wanted.value;
    used.push(found);
  }
  return { key, rest: restOf(conjuncts, used, placeholders) };
}

/** The conjuncts that were not used, as a condition. */
export function restOf(
  conjuncts: readonly Conjunct[],
  used: readonly Conjunct[],
  placeholders: Placeholders,
): Condition | undefined {
  const rest = joinConjuncts(conjuncts.filter((one) => !used.includes(one)));
  return rest && accepted(compileConditionNode(rest, placeholders));
}
