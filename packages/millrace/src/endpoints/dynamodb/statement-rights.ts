/**
 * What a statement of PartiQL needs leave for: an action of its own for each kind of statement.
 *
 * Its leading keys are those that the condition names by `=`. A condition that names them in any
 * other way (IN, OR) counts as naming one that nobody has; without any, the table is scanned.
 */

import { parseStatement, type Statement, splitConjuncts } from "../../expressions/mod.ts";
import type { ContextKeys, Need } from "../../identity/mod.ts";
import { listOf, type Members, textOf } from "../rights.ts";
import { attributeValueOf, keyText, partitionOf } from "./leading-keys.ts";
import type { Asking } from "./rights.ts";

const actions: Readonly<Record<Statement["kind"], string>> = {
  select: "PartiQLSelect",
  // A condition of a transaction reads.
  exists: "PartiQLSelect",
  insert: "PartiQLInsert",
  update: "PartiQLUpdate",
  delete: "PartiQLDelete",
};

/** A statement that cannot be read needs leave for a table without a name. */
export function statementNeed(input: Members, ask: Asking): Need {
  const parameters = listOf(input.Parameters).map(attributeValueOf);
  const parsed = parseStatement(textOf(input.Statement), parameters);
  if (!parsed.ok) return ask.on(ask.tableArn(""), actions.select);
  const statement = parsed.value;
  const index = statement.kind === "select" ? statement.index : undefined;
  const resource = ask.tableArn(statement.table, index);
  return {
    ...ask.on(resource, actions[statement.kind]),
    keys: () => keysOf(statement, index, ask),
  };
}

function keysOf(statement: Statement, index: string | undefined, ask: Asking): ContextKeys {
  const name = partitionOf(statement.table, index, ask.house.tables) ?? "";
  if (statement.kind === "insert") return { [leadingKeys]: [keyText(statement.item[name])] };
  const { where, placeholders } = statement;
  if (!where) return { [fullScan]: "true" };
  const pinned = splitConjuncts(where, placeholders).find(
    ({ comparison }) => comparison?.attribute === name && comparison.wanted.operator === "=",
  )?.comparison?.wanted;
  const value = pinned && "value" in pinned ? pinned.value : undefined;
  return { [leadingKeys]: [keyText(value)], [fullScan]: String(value === undefined) };
}

const leadingKeys = "dynamodb:LeadingKeys";
const fullScan = "dynamodb:FullTableScan";
