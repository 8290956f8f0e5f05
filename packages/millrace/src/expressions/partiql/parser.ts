/**
 * Parses PartiQL statements as DynamoDB has them: SELECT, INSERT, UPDATE, DELETE and, as a
 * condition of transactions, EXISTS.
 */

import type { AttributeValue } from "../attribute-value.ts";
import { attempt, type Outcome } from "../errors.ts";
import type { ActionNode, OperandNode, PathNode, SumNode } from "../syntax.ts";
import { StatementReader } from "./reader.ts";
import type { OrderTerm, Returning, Statement } from "./statement.ts";
import { isCall, parseArguments, parseOperand, parseWhere } from "./where.ts";

/** The statement with its parameters in place, or why the service would refuse it. */
export function parseStatement(
  source: string,
  parameters: readonly AttributeValue[],
): Outcome<Statement> {
  return attempt(() => {
    const reader = new StatementReader(source, parameters);
    const statement = parseKind(reader);
    reader.expectEnd();
    return { ...statement, placeholders: reader.placeholders() } as Statement;
  });
}

type Unfinished<S = Statement> = S extends Statement ? Omit<S, "placeholders"> : never;

function parseKind(reader: StatementReader): Unfinished {
  if (reader.acceptWords("SELECT")) return parseSelect(reader);
  if (reader.acceptWords("INSERT")) return parseInsert(reader);
  if (reader.acceptWords("UPDATE")) return parseUpdate(reader);
  if (reader.acceptWords("DELETE")) return parseDelete(reader);
  if (reader.acceptWords("EXISTS")) return parseExists(reader);
  return reader.malformed("Expected data manipulation");
}

function parseSelect(reader: StatementReader): Unfinished {
  const paths: PathNode[] = [];
  const everything = reader.accept("*");
  if (!everything) {
    do paths.push(reader.readPath());
    while (reader.accept(","));
  }
  expectFrom(reader);
  const table = reader.readName();
  const index = reader.accept(".") ? reader.readPartName() : undefined;
  return {
    kind: "select",
    table,
    ...(index !== undefined && { index }),
    ...(!everything && { paths }),
    ...where(reader),
    ...orderBy(reader),
  };
}

function expectFrom(reader: StatementReader): void {
  reader.expectWord("FROM", "Expected FROM after SELECT list");
}

function where(reader: StatementReader) {
  return reader.acceptWords("WHERE") ? { where: parseWhere(reader) } : {};
}

function orderBy(reader: StatementReader) {
  if (!reader.acceptWords("ORDER")) return {};
  reader.expectWord("BY", "Expected BY");
  const order: OrderTerm[] = [];
  do {
    const attribute = reader.readName();
    const descending = reader.acceptWords("DESC");
    if (!descending) reader.acceptWords("ASC");
    order.push({ attribute, descending });
  } while (reader.accept(","));
  return { order };
}

function parseInsert(reader: StatementReader): Unfinished {
  reader.expectWord("INTO", "Unexpected keyword");
  const table = reader.readTargetName();
  if (!reader.acceptWords("VALUE")) refuseValues(reader);
  const value = reader.readValue();
  if (!("M" in value)) reader.malformed("Unexpected term");
  return { kind: "insert", table, item: value.M };
}

/** Names in parentheses and VALUES, as other dialects have them, are refused where they end. */
function refuseValues(reader: StatementReader): never {
  if (reader.accept("(")) {
    do reader.readPath();
    while (reader.accept(","));
    reader.expect(")");
    reader.malformed("Unexpected token after expression");
  }
  reader.unexpected();
}

function parseDelete(reader: StatementReader): Unfinished {
  reader.expectWord("FROM", "Expected FROM after DELETE");
  const table = reader.readTargetName();
  return { kind: "delete", table, ...where(reader), ...parseReturning(reader) };
}

function parseExists(reader: StatementReader): Unfinished {
  reader.expect("(");
  if (!reader.acceptWords("SELECT")) reader.unexpected();
  if (!reader.accept("*")) reader.readPath();
  expectFrom(reader);
  const table = reader.readName();
  const condition = where(reader);
  reader.expect(")");
  return { kind: "exists", table, ...condition };
}

function parseUpdate(reader: StatementReader): Unfinished {
  const table = reader.readTargetName();
  const actions: ActionNode[] = [];
  for (;;) {
    if (reader.acceptWords("SET")) {
      do actions.push(parseSet(reader));
      while (reader.accept(","));
    } else if (reader.acceptWords("REMOVE")) {
      do actions.push({ clause: "REMOVE", path: reader.readTargetPath() });
      while (reader.accept(","));
    } else break;
  }
  if (actions.length === 0) reader.malformed("Expected data manipulation");
  return { kind: "update", table, actions, ...where(reader), ...parseReturning(reader) };
}

const setClauses: Readonly<Record<string, "ADD" | "DELETE">> = {
  set_add: "ADD",
  set_delete: "DELETE",
};

function parseSet(reader: StatementReader): ActionNode {
  const path = reader.readTargetPath();
  reader.expect("=");
  const name = isCall(reader) ? reader.next.text.toLowerCase() : "";
  const clause = setClauses[name];
  if (!clause) return { clause: "SET", path, value: parseSetValue(reader) };
  reader.take();
  const [set, members, ...more] = parseArguments(reader);
  if (members?.kind !== "value" || more.length > 0) reader.unexpected();
  if (!set || !isSamePath(reader, path, set)) reader.malformed(`${name} takes the set that is set`);
  return { clause, path, value: members };
}

/** `set_add` and `set_delete` change a set in its place. [ql-reference.update] */
function isSamePath(reader: StatementReader, path: PathNode, other: OperandNode): boolean {
  if (other.kind !== "path") return false;
  const placeholders = reader.placeholders();
  const [wanted, given] = [path, other].map((one) => placeholders.resolvePath(one));
  return JSON.stringify(wanted) === JSON.stringify(given);
}

function parseSetValue(reader: StatementReader): OperandNode | SumNode {
  const left = parseSetOperand(reader);
  const operator = reader.accept("+") ? "+" : reader.accept("-") ? "-" : undefined;
  if (!operator) return left;
  reader.expectRight();
  return { kind: "sum", operator, operands: [left, parseSetOperand(reader)] };
}

function parseSetOperand(reader: StatementReader): OperandNode {
  if (!isCall(reader)) return parseOperand(reader);
  const name = reader.take().text.toLowerCase();
  // "SET: LIST_APPEND, SET_ADD, SET_DELETE" and no more; the latter two stand alone.
  if (name !== "list_append") reader.malformed(`SET has no operation ${name}`);
  return { kind: "call", name, operands: parseArguments(reader) };
}

const versions = [
  ["ALL", "OLD", "ALL_OLD"],
  ["ALL", "NEW", "ALL_NEW"],
  ["MODIFIED", "OLD", "UPDATED_OLD"],
  ["MODIFIED", "NEW", "UPDATED_NEW"],
] as const;

function parseReturning(reader: StatementReader): { returning?: Returning } {
  if (!reader.acceptWords("RETURNING")) return {};
  const version = versions.find(([scope, age]) => reader.acceptWords(scope, age));
  if (!version) {
    reader.malformed("Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.");
  }
  reader.expect("*");
  return { returning: version[2] };
}
