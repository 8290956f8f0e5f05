/** ExecuteTransaction: up to 100 statements of one item each, all reads or all writes, as one. */

import type { Item, SelectStatement, Statement } from "../../expressions/mod.ts";
import { refuseInvalid } from "../errors.ts";
import { messages } from "../messages.ts";
import { readRequest } from "../request/read.ts";
import { executeTransactionShape, type StatementInput } from "../request/statement-shapes.ts";
import { pinItem, readStatement } from "../statement/read-statement.ts";
import { projectionOf } from "../statement/select.ts";
import { bindStatement, type WriteStatement } from "../statement/write.ts";
import { updateItemsAt } from "../store/item-store.ts";
import { keyBytesOfKey } from "../store/keys.ts";
import { ChargeList } from "../write/answer.ts";
import { readToken, type Token } from "../write/tokens.ts";
import {
  bindEach,
  chargeOfTransactRead,
  chargeOfTransactWrite,
  unitsOf,
  writeTogether,
} from "../write/transaction.ts";
import { hasRepeatedTarget } from "./batch-write-item.ts";
import type { Context, Operation } from "./operation.ts";

export const executeTransaction: Operation = async (context, request) => {
  const input = readRequest(executeTransactionShape, request);
  const statements = input.TransactStatements.map(readStatement);
  const selects = statements.filter((statement) => statement.kind === "select");
  const writes = statements.filter((statement) => statement.kind !== "select");
  if (selects.length > 0 && writes.length > 0) refuseInvalid(messages.transactMixed);
  const charges = new ChargeList(input);
  if (selects.length > 0) {
    const Responses = await readAll(context, selects, charges);
    return { Responses, ...charges.show("ReadCapacityUnits") };
  }
  const token = readToken("ExecuteTransaction", input, context.clock.now());
  const together = { statements: writes, inputs: input.TransactStatements, token };
  const { Responses, kind } = await writeAll(context, together, charges);
  return { Responses, ...charges.show(kind) };
};

async function readAll(
  { catalog }: Context,
  statements: readonly SelectStatement[],
  charges: ChargeList,
): Promise<{ Item?: Item }[]> {
  const refusal = messages.selectNotPinned("ExecuteTransaction");
  const pinned = statements.map((statement) => {
    const table = catalog.find(statement.table);
    const { key, rest } = pinItem(table, statement, refusal);
    return { table, key: keyBytesOfKey(table.definition, key), rest };
  });
  if (hasRepeatedTarget(pinned)) refuseInvalid(messages.transactRepeated);
  const items = await updateItemsAt(
    { targets: pinned, beside: [], kind: "transactRead" },
    (found) => {
      return { items: found, changes: [], result: found };
    },
  );
  return items.map((found, at) => {
    charges.add(statements[at]!.table, () => chargeOfTransactRead(found?.size ?? 0));
    const item = found?.item;
    const { rest } = pinned[at]!;
    if (!item || (rest && !rest.test(item))) return {};
    const projection = projectionOf(statements[at]!);
    return { Item: projection ? projection.project(item) : item };
  });
}

interface Writes {
  readonly statements: readonly Exclude<Statement, { kind: "select" }>[];
  readonly inputs: readonly StatementInput[];
  readonly token: Token | undefined;
}

async function writeAll(
  { catalog }: Context,
  { statements, inputs, token }: Writes,
  charges: ChargeList,
) {
  const pairs = statements.map((statement, at) => ({ statement, input: inputs[at]! }));
  const writes = bindEach(pairs, ({ statement, input }) => {
    const table = catalog.find(statement.table);
    return () => bindStatement(table, statement as WriteStatement, input);
  });
  if (hasRepeatedTarget(writes)) refuseInvalid(messages.transactRepeated);
  const together = await writeTogether(writes, token);
  const Responses = writes.map(({ table, returned }, at) => {
    charges.add(statements[at]!.table, () => chargeOfTransactWrite(table, together, at));
    const item = returned(together.old[at]?.item, together.items[at]?.item);
    return item ? { Item: item } : {};
  });
  return { Responses, kind: unitsOf(together) };
}
