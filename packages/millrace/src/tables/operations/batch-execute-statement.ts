/**
 * BatchExecuteStatement: up to 25 statements of one item each, side by side and each by itself.
 *
 * What one of them is refused stands in its place; the others go on.
 */

import type { Item } from "../../expressions/mod.ts";
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
import { itemSize } from "../store/item-size.ts";
import { readItem, updateItemAt } from "../store/item-store.ts";
import { keyBytesOfKey } from "../store/keys.ts";
import { ChargeList } from "../write/answer.ts";
import type { Context, Operation } from "./operation.ts";

export const batchExecuteStatement: Operation = async (context, request) => {
  const input = readRequest(batchExecuteStatementShape, request);
  const charges = new ChargeList(input);
  const Responses = await Promise.all(
    input.Statements.map((statement) => executeOne(context, statement, charges)),
  );
  return { Responses, ...charges.show() };
};

async function executeOne(context: Context, input: BatchStatementInput, charges: ChargeList) {
  let table: { TableName?: string } = {};
  try {
    const statement = readStatement(input);
    table = { TableName: statement.table };
    const item = await execute(context, { input, statement }, charges);
    return { ...table, ...(item && { Item: item }) };
  } catch (thrown) {
    if (!(thrown instanceof TableRefusal)) throw thrown;
    const { code, message, item } = thrown.error;
    const error = { Code: codeOf(code), Message: message, ...(item && { Item: item }) };
    return { ...table, Error: error };
  }
}

interface BatchStatement {
  readonly input: BatchStatementInput;
  readonly statement: ReturnType<typeof readStatement>;
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
    const item = await readItem(table, keyBytesOfKey(table.definition, key));
    const units = () => readUnits(item ? itemSize(item) : 0, input.ConsistentRead);
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
  return write.returned(old, item);
}

/** Errors in a batch have names of their own. */
function codeOf(code: TableErrorCode): string {
  if (code === "ValidationException") return "ValidationError";
  if (code === "ConditionalCheckFailedException") return "ConditionalCheckFailed";
  return code.replace(/Exception$/, "");
}
