/**
 * Lambda Invoke: `POST /2015-03-31/functions/{FunctionName}/invocations`.
 *
 * A function that fails is a success of the call: 200, with the error in the body and its kind in
 * a header. A dry run answers 204 when there is such a function.
 */

import { decodeLabel, type RestTarget } from "../../aws/mod.ts";
import { fromBase64, textOrUndefined, toBase64, utf8, WorldError } from "../../base/mod.ts";
import type { InvokeResult } from "../../functions/mod.ts";
import { parseJson, readBody } from "../body.ts";
import { asyncInvokeBodyBytesMax, invokeBodyBytesMax, logTailBytesMax } from "../limits.ts";
import type { AdmittedCall, Call } from "../ports.ts";
import {
  denied,
  invalidParameter,
  notFound,
  notJson,
  type Refusal,
  refuse,
  tooLarge,
  tooMany,
  unavailable,
} from "./answers.ts";
import { type Constraints, checkConstraints, noFunctionName } from "./constraints.ts";
import { agreedQualifier, parseFunctionName } from "./function-name.ts";

export const invokePath = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

const refusedHeaders = ["x-amz-tenant-id", "x-amz-durable-execution-name"] as const;
const clientContextMax = 3583;
const invocationTypes = ["Event", "RequestResponse", "DryRun"] as const;
const headerConstraints: Constraints = {
  InvocationType: { oneOf: invocationTypes },
  LogType: { oneOf: ["None", "Tail"] },
};

/** The answer to each of the three invocation types, or why the call is refused. */
export async function invoke(call: AdmittedCall, target: RestTarget): Promise<Response> {
  const read = readMembers(call.request, target);
  if ("status" in read) return refuse(call, read);
  const denial = denied(call, { operation: "Invoke", ...read });
  if (denial) return refuse(call, denial);
  const bytesMax = read.invocationType === "Event" ? asyncInvokeBodyBytesMax : invokeBodyBytesMax;
  const body = await readBody(call.request, bytesMax);
  if (!body) return refuse(call, tooLarge(bytesMax, "InvokeFunction"));
  const payload = body.length > 0 ? body : utf8("{}");
  if (parseJson(payload) === undefined) return refuse(call, notJson);
  if (read.invocationType === "Event") return invokeLater(call, read, payload);
  if (read.invocationType === "RequestResponse") return invokeNow(call, read, payload);
  if (!call.ports.functions.has(read.name, read.qualifier))
    return refuse(call, unknown(call, read));
  return new Response(null, { status: 204, headers: { "x-amzn-requestid": call.requestId } });
}

export interface Members {
  readonly name: string;
  readonly qualifier: string | undefined;
  readonly clientContext: string | undefined;
  readonly invocationType: (typeof invocationTypes)[number];
  readonly logType: "None" | "Tail";
}

/** What path, query and headers say, for both ways to invoke. */
export function readMembers(request: Request, { path, query }: RestTarget): Members | Refusal {
  const label = decodeLabel(path.split("/")[3]!) ?? "";
  const reference = parseFunctionName(label);
  if (!reference) return noFunctionName(label);
  const { name } = reference;
  const qualifier = agreedQualifier(reference.qualifier, query);
  if (typeof qualifier === "object") return qualifier;
  const header = refusedHeaders.find((name) => request.headers.has(name));
  if (header) return invalidParameter(`"${header}" of Invoke is not implemented`);
  const type = request.headers.get("x-amz-invocation-type") ?? "RequestResponse";
  const LogType = request.headers.get("x-amz-log-type") ?? "None";
  const wrong = checkConstraints({ InvocationType: type, LogType }, headerConstraints);
  if (wrong) return wrong.refusal;
  const invocationType = invocationTypes.find((one) => one === type)!;
  const clientContext = readClientContext(request.headers.get("x-amz-client-context"));
  if (clientContext === false) return invalidParameter("The client context is no JSON in base64");
  const logType = LogType === "Tail" ? LogType : "None";
  return { name, qualifier, clientContext, invocationType, logType };
}

/** JSON, or false when it is none. */
function readClientContext(header: string | null): string | undefined | false {
  if (header === null) return undefined;
  const bytes = header.length <= clientContextMax ? fromBase64(header) : undefined;
  return bytes !== undefined && parseJson(bytes) !== undefined && textOrUndefined(bytes)!;
}

/** There is no such function, or no such qualifier of it. */
export function unknown({ ports }: Call, { name, qualifier }: Members): Refusal {
  const arn = ports.functions.control.arnOf(name);
  return notFound(`Function not found: ${qualifier === undefined ? arn : `${arn}:${qualifier}`}`);
}

async function invokeNow(call: Call, members: Members, payload: Uint8Array): Promise<Response> {
  const { name, qualifier, clientContext, logType } = members;
  const wantsLogTail = logType === "Tail";
  const how = { qualifier, clientContext, wantsLogTail };
  const result = await call.ports.invoke(name, payload, how);
  if (!result.found) return refuse(call, unknown(call, members));
  if (result.throttled) return refuse(call, tooMany("Rate Exceeded.", result.throttled));
  if (result.unavailable) return refuse(call, unavailable(result.payload));
  return answerResult(result, logType);
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

async function invokeLater(call: Call, members: Members, payload: Uint8Array): Promise<Response> {
  const { name, qualifier } = members;
  try {
    const requestId = await call.ports.invokeAsync(name, payload, { qualifier });
    if (requestId === undefined) return refuse(call, unknown(call, members));
    return new Response(null, { status: 202, headers: { "x-amzn-requestid": requestId } });
  } catch (thrown) {
    const isThrottle = thrown instanceof WorldError && thrown.code === "TOO_MANY_CALLS";
    if (!isThrottle) throw thrown;
    return refuse(call, tooMany(thrown.message));
  }
}
