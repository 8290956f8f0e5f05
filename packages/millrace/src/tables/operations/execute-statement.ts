/** ExecuteStatement: one PartiQL statement, of a page of items or of one item. */

import type { Item, SelectStatement } from "../../expressions/mod.ts";
import { refuseInvalid, TableRefusal } from "../errors.ts";
import { messages } from "../messages.ts";
import { answerPage } from "../read/answer.ts";
import { findSource, startBytes } from "../read/source.ts";
import { readRequest } from "../request/read.ts";
import { attributes, required, structure } from "../request/shape.ts";
import { type ExecuteStatementInput, executeStatementShape } from "../request/statement-shapes.ts";
import { normalizeAttributes } from "../request/values.ts";
import { readParts } from "../statement/read-parts.ts";
import { readStatement } from "../statement/read-statement.ts";
import { planSelect } from "../statement/select.ts";
import { bindStatement, type WriteStatement } from "../statement/write.ts";
import { chargeOfWrite } from "../store/capacity.ts";
import { updateItemAt } from "../store/item-store.ts";
import type { Source } from "../store/page.ts";
import { chargedFor } from "../write/answer.ts";
import type { Context, Operation } from "./operation.ts";

export const executeStatement: Operation = async (context, request) => {
  const input = readRequest(executeStatementShape, request);
  const statement = readStatement(input);
  if (statement.kind === "select") return select(context, statement, input);
  if (statement.kind === "exists") refuseInvalid(messages.existsAlone);
  return write(context, statement, input);
};

async function select(
  { catalog }: Context,
  statement: SelectStatement,
  input: ExecuteStatementInput,
) {
  const { ConsistentRead, ReturnConsumedCapacity } = input;
  const table = catalog.find(statement.table);
  const source = findSource(table, { IndexName: statement.index, ConsistentRead });
  const plan = planSelect(source, statement);
  const start = input.NextToken === undefined ? undefined : readToken(source, input.NextToken);
  const bounds = { start, limit: input.Limit, consistent: ConsistentRead };
  const page = await readParts(source, plan, bounds);
  const asked = { TableName: statement.table, ConsistentRead, ReturnConsumedCapacity };
  const answer = await answerPage(source, asked, plan.selection, page);
  const { LastEvaluatedKey, ConsumedCapacity } = answer;
  return {
    Items: answer.Items,
    ...(LastEvaluatedKey && { NextToken: writeToken(LastEvaluatedKey), LastEvaluatedKey }),
    ...(ConsumedCapacity && { ConsumedCapacity }),
  };
}

function writeToken(key: Item): string {
  return Buffer.from(JSON.stringify(key)).toString("base64");
}

const tokenShape = structure("Token", { key: required(attributes) });

/** Refuses what is no key of the source. */
function readToken(source: Source, token: string): Uint8Array {
  try {
    const key: unknown = JSON.parse(Buffer.from(token, "base64").toString());
    return startBytes(source, normalizeAttributes(readRequest(tokenShape, { key }).key));
  } catch (thrown) {
    if (!(thrown instanceof SyntaxError) && !(thrown instanceof TableRefusal)) throw thrown;
    return refuseInvalid(messages.nextTokenInvalid);
  }
}

function write({ catalog }: Context, statement: WriteStatement, input: ExecuteStatementInput) {
  const table = catalog.find(statement.table);
  const bound = bindStatement(table, statement, input);
  const asked = {
    TableName: statement.table,
    ReturnConsumedCapacity: input.ReturnConsumedCapacity,
  };
  return updateItemAt(bound, (old) => {
    const item = bound.apply(old);
    const returned = bound.returned(old?.item, item?.item);
    const charged = chargedFor(asked, () => chargeOfWrite(table, old, item));
    return { item, result: { Items: returned ? [returned] : [], ...charged } };
  });
}
