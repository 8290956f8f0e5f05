/**
 * The DynamoDB endpoint (JSON 1.0): the wire form of requests, answers and errors.
 *
 * The operations themselves are a file each in `tables/operations/`. One that the service has and
 * this one lacks is refused by name.
 */

import { crc32 } from "node:zlib";
import {
  isSigned,
  type JsonError,
  type JsonTarget,
  jsonAnswer,
  jsonErrorAnswer,
} from "../../aws/mod.ts";
import { WorldError } from "../../base/mod.ts";
import { isOperation, isStreamOperation, type Result, type TableError } from "../../tables/mod.ts";
import { parseJson, readBody } from "../body.ts";
import { admit, type Gate } from "../gate.ts";
import { tableBodyBytesMax } from "../limits.ts";
import type { AdmittedCall, Call } from "../ports.ts";
import { needsOf } from "./rights.ts";
import { unimplementedOperations } from "./unimplemented.ts";

export const tableService = "DynamoDB_20120810";
export const tableStreamService = "DynamoDBStreams_20120810";

/** Answers an operation of either half of the service. */
export async function answerTables(call: Call, target: JsonTarget): Promise<Response> {
  const answer = (admitted: AdmittedCall) => answerOperation(admitted, target);
  return withChecksum(await admit(call, gate, answer));
}

type Answer = (input: unknown) => Result<object> | Promise<Result<object>>;

/** `undefined` when there is no such operation. */
function findOperation({ ports, request }: Call, target: JsonTarget): Answer | undefined {
  const { service, operation: name } = target;
  if (service === tableStreamService) {
    if (!isStreamOperation(name)) return undefined;
    return (input) => ports.tables.callStreams(name, input);
  }
  if (name === "DescribeEndpoints") return () => describeEndpoints(request);
  if (!isOperation(name)) return undefined;
  return (input) => ports.tables.call(name, input) as Promise<Result<object>>;
}

async function answerOperation(call: AdmittedCall, target: JsonTarget): Promise<Response> {
  const { requestId, request } = call;
  const options = { version: "1.0", requestId } as const;
  const operation = findOperation(call, target);
  if (!operation) return jsonErrorAnswer(unknownOperation(target.operation), options);
  if (!isSigned(request)) return jsonErrorAnswer(missingSignature, options);
  const body = await readBody(request, tableBodyBytesMax);
  if (!body) return jsonErrorAnswer(bodyTooLarge, options);
  const input = parseJson(body);
  if (input === undefined) return jsonErrorAnswer(notJson, options);
  const { account } = call.ports.identities;
  const house = { account, tables: call.ports.tables };
  const denial = call.refusal(needsOf(target.operation, input, house));
  if (denial !== undefined) return jsonErrorAnswer(accessDenied(denial), options);
  try {
    const result = await operation(input);
    if (result.ok) return jsonAnswer(result.value, options);
    return jsonErrorAnswer(wireError(result.error), options);
  } catch (thrown) {
    if (!(thrown instanceof WorldError)) throw thrown;
    const { code, message } = thrown;
    call.ports.logger.error("table operation failed", {
      operation: target.operation,
      code,
      message,
    });
    return jsonErrorAnswer(internalError(message), options);
  }
}

/** Clients that verify an answer look for its CRC-32, in decimal. */
async function withChecksum(answer: Response): Promise<Response> {
  const body = await answer.bytes();
  const headers = new Headers(answer.headers);
  headers.set("x-amz-crc32", String(crc32(body)));
  return new Response(body, { status: answer.status, headers });
}

/** The door that was asked is the endpoint. */
function describeEndpoints(request: Request): Result<object> {
  const Address = request.headers.get("host") ?? new URL(request.url).host;
  return { ok: true, value: { Endpoints: [{ Address, CachePeriodInMinutes: 1440 }] } };
}

const coral = "com.amazon.coral.service#";
const own = "com.amazonaws.dynamodb.v20120810#";

const gate: Gate = {
  services: ["dynamodb"],
  refuse({ requestId }, { code, message }) {
    const error = { status: 400, type: `${coral}${code}`, message };
    return jsonErrorAnswer(error, { version: "1.0", requestId });
  },
};

/** This one, too, spells its message with a capital. */
function accessDenied(message: string): JsonError {
  return { status: 400, type: `${coral}AccessDeniedException`, members: { Message: message } };
}

const namespaces: Readonly<Partial<Record<string, string>>> = {
  SerializationException: coral,
  UnknownOperationException: coral,
  ValidationException: "com.amazon.coral.validate#",
};

function wireError({ code, message, item, reasons }: TableError): JsonError {
  const type = `${namespaces[code] ?? own}${code}`;
  if (!reasons) return { status: 400, type, message, members: item && { Item: item } };
  // This one error spells its message with a capital.
  return { status: 400, type, members: { CancellationReasons: reasons, Message: message } };
}

function unknownOperation(name: string): JsonError {
  const type = `${coral}UnknownOperationException`;
  if (!unimplementedOperations.has(name)) return { status: 400, type };
  const message = `The operation "${name}" of DynamoDB is not implemented`;
  return { status: 400, type, message };
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

/** Also where whoever proves nothing is the owner, a request without a signature is none. */
const missingSignature: JsonError = {
  status: 400,
  type: `${coral}MissingAuthenticationTokenException`,
  message: "Request is missing Authentication Token",
};

const notJson: JsonError = { status: 400, type: `${coral}SerializationException` };
