/**
 * BatchExecuteStatement: up to 25 statements of one item each, side by side and each by itself.
 *
 * What one of them is refused stands in its place; the others go on.
 */

import type { Item, Statement } from "../../expressions/mod.ts";
import { readWithin } from "../capacity/reads.ts";
import { refuseInvalid, type TableErrorCode, TableRefusal } from "../errors.ts";
import { messages } from "../messages.ts";
import { readRequest } from "../request/read.ts";
import {
  type BatchStatementInput,
  batchExecuteStatementShape,
} from "../request/statement-shapes.ts";
import { pinItem, readStatement } from "../statement/read-statement.ts";
import { projectionOf } from "../statement/select.ts";
import { bindStatement } from "../statement/write.ts";
import { chargeOfWrite, noCharge, readUnits } from "../store/capacity.ts";
import { readItem, updateItemAt } from "../store/item-store.ts";
import { keyBytesOfKey } from "../store/keys.ts";
import { ChargeList } from "../write/answer.ts";
import type { Context, Operation } from "./operation.ts";

export const batchExecuteStatement: Operation = async (context, request) => {
  const input = readRequest(batchExecuteStatementShape, request);
  const charges = new ChargeList(input);
  const read = input.Statements.map(readOne);
  checkKinds(read.flatMap(({ statement }) => statement ?? []));
  const Responses = await Promise.all(read.map((one) => executeOne(context, one, charges)));
  return { Responses, ...charges.show() };
};

/** A statement, or why it is none. */
interface ReadStatement {
  readonly input: BatchStatementInput;
  readonly statement?: Statement;
  readonly refusal?: TableRefusal;
}

function readOne(input: BatchStatementInput): ReadStatement {
  try {
    return { input, statement: readStatement(input) };
  } catch (thrown) {
    if (!(thrown instanceof TableRefusal)) throw thrown;
    return { input, refusal: thrown };
  }
}

/** Refuses reads and writes in one batch. */
function checkKinds(statements: readonly Statement[]): void {
  const readCount = statements.filter(({ kind }) => kind === "select").length;
  if (readCount > 0 && readCount < statements.length) refuseInvalid(messages.batchMixed);
}

async function executeOne(
  context: Context,
  { input, statement, refusal }: ReadStatement,
  charges: ChargeList,
) {
  if (!statement) return { Error: showRefusal(refusal!) };
  const table = { TableName: statement.table };
  try {
    const item = await execute(context, { input, statement }, charges);
    return { ...table, ...(item && { Item: item }) };
  } catch (thrown) {
    if (!(thrown instanceof TableRefusal)) throw thrown;
    return { ...table, Error: showRefusal(thrown) };
  }
}

function showRefusal({ error }: TableRefusal) {
  const { code, message, item } = error;
  return { Code: codeOf(code), Message: message, ...(item && { Item: item }) };
}

interface BatchStatement {
  readonly input: BatchStatementInput;
  readonly statement: Statement;
}

async function execute(
  { catalog }: Context,
  { input, statement }: BatchStatement,
  charges: ChargeList,
): Promise<Item | undefined> {
  const table = catalog.find(statement.table);
  if (statement.kind === "exists") refuseInvalid(messages.existsAlone);
  if (statement.kind === "select") {
    const refusal = messages.selectNotPinned("BatchExecuteStatement");
    const { key, rest } = pinItem(table, statement, refusal);
    const bytes = keyBytesOfKey(table.definition, key);
    const reading = { table, key: bytes, consistent: input.ConsistentRead };
    const stored = await readWithin(reading, () => readItem(table, bytes));
    const item = stored?.item;
    const units = () => readUnits(stored?.size ?? 0, input.ConsistentRead);
    charges.add(statement.table, () => ({ ...noCharge, table: units() }));
    if (!item || (rest && !rest.test(item))) return undefined;
    const projection = projectionOf(statement);
    return projection ? projection.project(item) : item;
  }
  const write = bindStatement(table, statement, input);
  const { old, item } = await updateItemAt(write, (before) => {
    const after = write.apply(before);
    return { item: after, result: { old: before, item: after } };
  });
  charges.add(statement.table, () => chargeOfWrite(table, old, item));
  return write.returned(old?.item, item?.item);
}

/** Errors in a batch have names of their own. */
function codeOf(code: TableErrorCode): string {
  if (code === "ValidationException") return "ValidationError";
  if (code === "ConditionalCheckFailedException") return "ConditionalCheckFailed";
  if (code === "ThrottlingException") return "ThrottlingError";
  return code.replace(/Exception$/, "");
}
