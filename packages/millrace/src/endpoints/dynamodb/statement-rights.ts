/**
 * What a statement of PartiQL needs leave for: an action of its own for each kind of statement.
 *
 * Its leading keys are those that the condition names by `=`, by IN or by an OR of them. One that
 * names them in any other way counts as naming a key that nobody has. Unless it names all that the
 * partition key is made of, the table or index is scanned. [ql-reference.select] A write says what
 * it gives back, and what is in a transaction that it is. [Service Authorization Reference]
 */

import {
  parseStatement,
  pinnedValues,
  type Statement,
  splitConjuncts,
} from "../../expressions/mod.ts";
import type { ContextKeys, Need } from "../../identity/mod.ts";
import { listOf, type Members, textOf } from "../rights.ts";
import { attributeValueOf, keyText, partitionsOf } from "./leading-keys.ts";
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
    keys: () => ({
      ...keysOf(statement, index, ask),
      ...(ask.operation === "ExecuteTransaction" && { [enclosing]: ask.operation }),
    }),
  };
}

function keysOf(statement: Statement, index: string | undefined, ask: Asking): ContextKeys {
  const isWrite = statement.kind === "update" || statement.kind === "delete";
  const { [fullScan]: scans, ...keys } = conditionKeys(statement, index, ask);
  if (!isWrite) return scans === undefined ? keys : { ...keys, [fullScan]: scans };
  const { returning } = statement;
  return returning ? { ...keys, [returnValues]: returning } : keys;
}

/** What the condition names; of an item that is inserted its key. */
function conditionKeys(statement: Statement, index: string | undefined, ask: Asking): ContextKeys {
  const names = partitionsOf(statement.table, index, ask.house.tables);
  const leading = names[0] ?? "";
  if (statement.kind === "insert") return { [leadingKeys]: [keyText(statement.item[leading])] };
  const { where, placeholders } = statement;
  if (!where) return { [fullScan]: "true" };
  const conjuncts = splitConjuncts(where, placeholders);
  const pinned = names.map((name) => pinnedValues(conjuncts, name, placeholders)?.values);
  const isScan = pinned.length === 0 || pinned.includes(undefined);
  const leadingValues = pinned[0] ?? [undefined];
  return { [leadingKeys]: [...new Set(leadingValues.map(keyText))], [fullScan]: String(isScan) };
}

const leadingKeys = "dynamodb:LeadingKeys";
const fullScan = "dynamodb:FullTableScan";
const returnValues = "dynamodb:ReturnValues";
const enclosing = "dynamodb:EnclosingOperation";
