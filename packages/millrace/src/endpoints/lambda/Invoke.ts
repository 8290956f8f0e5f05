/**
 * Lambda Invoke: `POST /2015-03-31/functions/{FunctionName}/invocations`.
 *
 * A function that fails is a success of the call: 200, with the error in the body and its kind in
 * a header. Refused by name: dry runs, versions and aliases, the client context.
 */

import { decodeLabel, type RestTarget, restErrorAnswer } from "../../aws/mod.ts";
import { toBase64, utf8, WorldError } from "../../base/mod.ts";
import type { InvokeResult } from "../../functions/mod.ts";
import { parseJson, readBody } from "../body.ts";
import { asyncInvokeBodyBytesMax, invokeBodyBytesMax, logTailBytesMax } from "../limits.ts";
import type { Call } from "../ports.ts";
import { parseFunctionName } from "./function-name.ts";

export const invokePath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

const refusedHeaders = [
  "x-amz-client-context",
  "x-amz-tenant-id",
  "x-amz-durable-execution-name",
] as const;

export async function invoke(call: Call, target: RestTarget): Promise<Response> {
  const read = readMembers(call.request, target);
  if ("status" in read) return refuse(call, read);
  const bytesMax = read.invocationType === "Event" ? asyncInvokeBodyBytesMax : invokeBodyBytesMax;
  const body = await readBody(call.request, bytesMax);
  if (!body) return refuse(call, tooLarge(bytesMax));
  const payload = body.length > 0 ? body : utf8("{}");
  if (parseJson(payload) === undefined) return refuse(call, notJson);
  return read.invocationType === "Event"
    ? invokeLater(call, read.name, payload)
    : invokeNow(call, read, payload);
}

interface Members {
  readonly name: string;
  readonly invocationType: "RequestResponse" | "Event";
  readonly logType: "None" | "Tail";
}

interface Failure {
  readonly status: number;
  readonly type: string;
  readonly message: string;
}

function readMembers(request: Request, { path, query }: RestTarget): Members | Failure {
  const label = decodeLabel(invokePath.exec(path)![1]!) ?? "";
  const reference = parseFunctionName(label);
  if (!reference) return invalidParameter(`"${label}" is no name of a function`);
  const qualifier = query.get("Qualifier") ?? reference.qualifier ?? "$LATEST";
  if (qualifier !== "$LATEST") {
    return invalidParameter(`The qualifier "${qualifier}" is not implemented: $LATEST alone is`);
  }
  const header = refusedHeaders.find((name) => request.headers.has(name));
  if (header) return invalidParameter(`"${header}" of Invoke is not implemented`);
  const invocationType = request.headers.get("x-amz-invocation-type") ?? "RequestResponse";
  if (invocationType !== "RequestResponse" && invocationType !== "Event") {
    return invalidParameter(`The invocation type "${invocationType}" is not implemented`);
  }
  const logType = request.headers.get("x-amz-log-type") ?? "None";
  if (logType !== "None" && logType !== "Tail") {
    return invalidParameter(`The log type "${logType}" is neither None nor Tail`);
  }
  return { name: reference.name, invocationType, logType };
}

async function invokeNow(call: Call, members: Members, payload: Uint8Array): Promise<Response> {
  const result = await call.ports.invoke(members.name, payload);
  if (!result.found) return refuse(call, notFound(members.name));
  if (result.throttled) return refuse(call, tooMany("Too many calls are waiting"));
  return answerResult(result, members.logType);
}

function answerResult(
  result: Extract<InvokeResult, { found: true }>,
  logType: Members["logType"],
): Response {
  const headers = new Headers({
    "content-type": "application/json",
    "x-amz-executed-version": result.version,
    "x-amzn-requestid": result.requestId,
  });
  if (result.functionError) headers.set("x-amz-function-error", result.functionError);
  if (logType === "Tail") {
    headers.set("x-amz-log-result", toBase64(result.logTail.slice(-logTailBytesMax)));
  }
  return new Response(new Uint8Array(result.payload), { headers });
}

async function invokeLater(call: Call, name: string, payload: Uint8Array): Promise<Response> {
  try {
    const requestId = await call.ports.invokeAsync(name, payload);
    if (requestId === undefined) return refuse(call, notFound(name));
    return new Response(null, { status: 202, headers: { "x-amzn-requestid": requestId } });
  } catch (thrown) {
    if (!(thrown instanceof WorldError)) throw thrown;
    return refuse(call, tooMany(thrown.message));
  }
}

function refuse({ requestId }: Call, { status, type, message }: Failure): Response {
  const body = { Type: "User", Message: message };
  return restErrorAnswer({ status, type, body }, requestId);
}

function invalidParameter(message: string): Failure {
  return { status: 400, type: "InvalidParameterValueException", message };
}

function notFound(name: string): Failure {
  return { status: 404, type: "ResourceNotFoundException", message: `Function not found: ${name}` };
}

function tooLarge(bytesMax: number): Failure {
  const message = `Request must be smaller than ${bytesMax} bytes for the InvokeFunction operation`;
  return { status: 413, type: "RequestTooLargeException", message };
}

function tooMany(message: string): Failure {
  return { status: 429, type: "TooManyRequestsException", message };
}

const notJson: Failure = {
  status: 400,
  type: "InvalidRequestContentException",
  message: "Could not parse request body into json",
};
