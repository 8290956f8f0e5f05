/**
 * The DynamoDB endpoint (JSON 1.0): the wire form of requests, answers and errors.
 *
 * The operations themselves are a file each in `tables/operations/`. One that the service has and
 * this one lacks is refused by name.
 */

import { crc32 } from "node:zlib";
import { isSigned, type JsonError, type JsonTarget, type RequestHead } from "../../aws/mod.ts";
import { type Awaitable, utf8 } from "../../base/mod.ts";
import type { Authentication, AuthenticationProblem, Caller, Need } from "../../identity/mod.ts";
import {
  isOperation,
  isStreamOperation,
  type Result,
  type TableError,
  type Tables,
} from "../../tables/mod.ts";
import { keepBody, parseJson } from "../body.ts";
import { identify, type Knock, type NamedKey } from "../gate.ts";
import { controlBodyBytesMax, tableBodyBytesMax } from "../limits.ts";
import type { Call } from "../ports.ts";
import { reportUnforeseen } from "../unforeseen.ts";
import { resourcePolicies } from "./resource-policy.ts";
import { needsOf } from "./rights.ts";
import { unimplementedOperations } from "./unimplemented.ts";

export const tableService = "DynamoDB_20120810";
export const tableStreamService = "DynamoDBStreams_20120810";

/** Answers an operation of either half of the service. */
export async function answerTables(call: Call, target: JsonTarget): Promise<Response> {
  const { request, requestId } = call;
  const readWhole = () => keepBody(request, controlBodyBytesMax);
  const { status = 200, body } = await carryOut({ ...call, readWhole }, target);
  return new Response(body, { status, headers: headersOf(requestId, body) });
}

/** The answer to what is meant for the service and names no operation of it. */
export function refuseTarget({ requestId }: Pick<Call, "requestId">, header = ""): Response {
  const message = `X-Amz-Target "${header}" names no operation of DynamoDB`;
  const { status = 400, body } = refused(unknownOperation(message));
  return new Response(body, { status, headers: headersOf(requestId, body) });
}

/** Of an answer with that body. */
export function headersOf(requestId: string, body: Uint8Array): Record<string, string> {
  return {
    "content-type": "application/x-amz-json-1.0",
    "x-amzn-requestid": requestId,
    // Clients that verify an answer look for its CRC-32, in decimal.
    "x-amz-crc32": String(crc32(body)),
  };
}

/** A call of the service, from whichever server. */
export interface TableCall extends Knock {
  /** The body; `undefined` when it is larger than any operation of any service takes. */
  readonly readWhole: () => Awaitable<Uint8Array | undefined>;
  /** What its head says of a signature, where that was read before. */
  readonly claimed?: Claimed;
}

export interface Claimed extends NamedKey {
  readonly isSigned: boolean;
}

export interface Answered {
  /** Absent: 200. */
  readonly status?: number;
  /** JSON in UTF-8. */
  readonly body: Uint8Array<ArrayBuffer>;
}

type Answer = (input: unknown) => Awaitable<Result<Uint8Array>>;

/** `undefined` when there is no such operation. */
function findOperation({ ports, request }: TableCall, target: JsonTarget): Answer | undefined {
  const { service, operation: name } = target;
  if (service === tableStreamService) {
    if (!isStreamOperation(name)) return undefined;
    return async (input) => encoded(await ports.tables.callStreams(name, input));
  }
  if (name === "DescribeEndpoints") return async () => encoded(describeEndpoints(request));
  if (!isOperation(name) && !ports.tables.isRemote) return undefined;
  return (input) => ports.tables.answer(name, input);
}

function encoded(result: Result<object>): Result<Uint8Array> {
  return result.ok ? { ok: true, value: utf8(JSON.stringify(result.value)) } : result;
}

/**
 * The answer to an operation of either half of the service, be it a refusal; at once where nothing
 * has to be waited for.
 */
export function carryOut(call: TableCall, target: JsonTarget): Awaitable<Answered> {
  const { readWhole, claimed } = call;
  const found = identify(call, { services, readWhole, ...(claimed && { named: claimed }) });
  return found instanceof Promise
    ? found.then((later) => admitted(call, target, later))
    : admitted(call, target, found);
}

function admitted(
  call: TableCall,
  target: JsonTarget,
  found: Authentication | undefined,
): Awaitable<Answered> {
  if (!found) return refused(bodyTooLarge);
  if (!found.ok) return refused(unproved(found.problem));
  const operation = findOperation(call, target);
  if (!operation) return refused(operationMissing(target.operation));
  const { claimed = { isSigned: isSigned(call.request) } } = call;
  if (!claimed.isSigned) return refused(missingSignature);
  const allowed: Allowed = { call, operation, name: target.operation, caller: found.caller };
  const body = call.readWhole();
  return body instanceof Promise
    ? body.then((read) => perform(allowed, read))
    : perform(allowed, body);
}

interface Allowed {
  readonly call: TableCall;
  readonly operation: Answer;
  readonly name: string;
  readonly caller: Caller;
}

function perform(allowed: Allowed, body: Uint8Array | undefined): Awaitable<Answered> {
  if (!body || body.length > tableBodyBytesMax) return refused(bodyTooLarge);
  const input = parseJson(body);
  if (input === undefined) return refused(notJson);
  const denial = denialOf(allowed, input);
  if (denial !== undefined) return refused(accessDenied(denial));
  try {
    const result = allowed.operation(input);
    if (!(result instanceof Promise)) return shown(result);
    return result.then(shown, (thrown: unknown) => failed(allowed.call, thrown));
  } catch (thrown) {
    return failed(allowed.call, thrown);
  }
}

/** Why the caller may not, in a sentence. */
function denialOf({ call, name, caller }: Allowed, input: unknown): string | undefined {
  const { identities, tables, access } = call.ports;
  const needs = needsOf(name, input, { account: identities.account, tables });
  return access.refusal(
    { caller, via: "api" },
    needs.map((need) => withGrants(need, tables)),
  );
}

function withGrants(need: Need, tables: Pick<Tables, "resourcePolicyOf">): Need {
  const granted = resourcePolicies(tables.resourcePolicyOf(need.resource));
  return granted ? { ...need, granted } : need;
}

function shown(result: Result<Uint8Array>): Answered {
  if (!result.ok) return refused(wireError(result.error));
  return { body: result.value as Uint8Array<ArrayBuffer> };
}

function failed(call: TableCall, thrown: unknown): Answered {
  reportUnforeseen(call, thrown);
  return refused(internalError);
}

function refused({ status, type, message, members }: JsonError): Answered {
  const body = utf8(JSON.stringify({ __type: type, message, ...members }));
  return { status, body: body as Uint8Array<ArrayBuffer> };
}

/** The door that was asked is the endpoint. */
function describeEndpoints(request: RequestHead): Result<object> {
  const Address = request.headers.get("host") ?? new URL(request.url).host;
  return { ok: true, value: { Endpoints: [{ Address, CachePeriodInMinutes: 1440 }] } };
}

const coral = "com.amazon.coral.service#";
const own = "com.amazonaws.dynamodb.v20120810#";

const services = ["dynamodb"];

function unproved({ code, message }: AuthenticationProblem): JsonError {
  return { status: 400, type: `${coral}${code}`, message };
}

/** This one, too, spells its message with a capital. */
function accessDenied(message: string): JsonError {
  return { status: 400, type: `${coral}AccessDeniedException`, members: { Message: message } };
}

const namespaces: Readonly<Partial<Record<string, string>>> = {
  SerializationException: coral,
  UnknownOperationException: coral,
  ValidationException: "com.amazon.coral.validate#",
};

/** Two of them, as two others of the door, spell their message with a capital. */
function wireError({ code, message, item, reasons, throttling }: TableError): JsonError {
  const type = `${namespaces[code] ?? own}${code}`;
  if (throttling) {
    // The model spells the member differently in either exception.
    const name = code === "ThrottlingException" ? "throttlingReasons" : "ThrottlingReasons";
    return { status: 400, type, message, members: { [name]: throttling } };
  }
  if (reasons) {
    return { status: 400, type, members: { CancellationReasons: reasons, Message: message } };
  }
  if (code === "SerializationException")
    return { status: 400, type, members: { Message: message } };
  return { status: 400, type, message, members: item && { Item: item } };
}

/** Without a word, as the service does it, where the service does not have it either. */
function operationMissing(name: string): JsonError {
  if (!unimplementedOperations.has(name)) return unknownOperation();
  return unknownOperation(`The operation "${name}" of DynamoDB is not implemented`);
}

function unknownOperation(message?: string): JsonError {
  return { status: 400, type: `${coral}UnknownOperationException`, message };
}

const internalError: JsonError = {
  status: 500,
  type: `${own}InternalServerError`,
  message: "Internal server error",
};

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
