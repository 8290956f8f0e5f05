/**
 * The DynamoDB endpoint (JSON 1.0): which operations there are, and the wire form of errors.
 *
 * An operation that is not in the list is refused by name.
 */

import { type JsonError, jsonAnswer, jsonErrorAnswer } from "../../aws/mod.ts";
import { WorldError } from "../../base/mod.ts";
import type { TableError } from "../../tables/mod.ts";
import { parseJson, readBody } from "../body.ts";
import { tableBodyBytesMax } from "../limits.ts";
import type { Call } from "../ports.ts";
import { deleteItem } from "./DeleteItem.ts";
import { describeTable } from "./DescribeTable.ts";
import { getItem } from "./GetItem.ts";
import { listTables } from "./ListTables.ts";
import type { TableOperation } from "./operation.ts";
import { putItem } from "./PutItem.ts";
import { query } from "./Query.ts";
import { scan } from "./Scan.ts";
import { updateItem } from "./UpdateItem.ts";

export const tableService = "DynamoDB_20120810";

const operations: ReadonlyMap<string, TableOperation> = new Map([
  ["DeleteItem", deleteItem],
  ["DescribeTable", describeTable],
  ["GetItem", getItem],
  ["ListTables", listTables],
  ["PutItem", putItem],
  ["Query", query],
  ["Scan", scan],
  ["UpdateItem", updateItem],
]);

export async function answerTables(call: Call, operationName: string): Promise<Response> {
  const { requestId, request, ports } = call;
  const options = { version: "1.0", requestId } as const;
  const operation = operations.get(operationName);
  if (!operation) return jsonErrorAnswer(unknownOperation(operationName), options);
  const body = await readBody(request, tableBodyBytesMax);
  if (!body) return jsonErrorAnswer(bodyTooLarge, options);
  const input = parseJson(body);
  if (input === undefined) return jsonErrorAnswer(notJson, options);
  try {
    const result = await operation(ports.tables, input);
    if (result.ok) return jsonAnswer(result.value, options);
    return jsonErrorAnswer(wireError(result.error), options);
  } catch (thrown) {
    if (!(thrown instanceof WorldError)) throw thrown;
    const { code, message } = thrown;
    ports.logger.error("table operation failed", { operation: operationName, code, message });
    return jsonErrorAnswer(internalError(message), options);
  }
}

const coral = "com.amazon.coral.service#";
const own = "com.amazonaws.dynamodb.v20120810#";

const namespaces = {
  ConditionalCheckFailedException: own,
  ResourceNotFoundException: own,
  SerializationException: coral,
  ValidationException: "com.amazon.coral.validate#",
} as const;

function wireError({ code, message, item }: TableError): JsonError {
  const members = item && { Item: item };
  return { status: 400, type: `${namespaces[code]}${code}`, message, members };
}

function unknownOperation(name: string): JsonError {
  const message = `The operation "${name}" of DynamoDB is not implemented`;
  return { status: 400, type: `${coral}UnknownOperationException`, message };
}

function internalError(reason: string): JsonError {
  const message = `The request could not be carried out: ${reason}`;
  return { status: 500, type: `${own}InternalServerError`, message };
}

const bodyTooLarge: JsonError = {
  status: 413,
  type: `${coral}RequestEntityTooLargeException`,
  message: `The request is larger than ${tableBodyBytesMax} bytes`,
};

const notJson: JsonError = {
  status: 400,
  type: `${coral}SerializationException`,
  message: "The request body is not JSON",
};
