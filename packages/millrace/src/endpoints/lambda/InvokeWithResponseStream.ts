/**
 * Lambda InvokeWithResponseStream: the answer in pieces, as an event stream.
 *
 * `PayloadChunk` for each piece, then `InvokeComplete` with the error, if there was one. A function
 * that answers at once has one piece. What refuses the call comes before, as of any operation.
 */

import { encodeEventMessage, eventStreamType, type RestTarget } from "../../aws/mod.ts";
import { textOf, toBase64, utf8 } from "../../base/mod.ts";
import type { InvokeResult } from "../../functions/mod.ts";
import { parseJson, readBody } from "../body.ts";
import { invokeBodyBytesMax } from "../limits.ts";
import type { AdmittedCall, Call } from "../ports.ts";
import {
  denied,
  invalidParameter,
  notJson,
  refuse,
  tooLarge,
  tooMany,
  unavailable,
} from "./answers.ts";
import { type Members, readMembers, unknown } from "./Invoke.ts";

export const invokeStreamPath =
  /^\/2021-11-15\/functions\/([^/]+)\/response-streaming-invocations$/;

type Found = Extract<InvokeResult, { found: true }>;

export async function invokeWithResponseStream(
  call: AdmittedCall,
  target: RestTarget,
): Promise<Response> {
  const read = readMembers(call.request, target);
  if ("status" in read) return refuse(call, read);
  const denial = denied(call, { operation: "InvokeWithResponseStream", ...read });
  if (denial) return refuse(call, denial);
  if (read.invocationType !== "RequestResponse") {
    const message = `The invocation type "${read.invocationType}" has no answer in pieces`;
    return refuse(call, invalidParameter(message));
  }
  const body = await readBody(call.request, invokeBodyBytesMax);
  if (!body) return refuse(call, tooLarge(invokeBodyBytesMax, "InvokeWithResponseStream"));
  const payload = body.length > 0 ? body : utf8("{}");
  if (parseJson(payload) === undefined) return refuse(call, notJson);
  return stream(call, read, payload);
}

/** Answers with the first piece, or with what the call came to when it comes before. */
async function stream(call: Call, members: Members, payload: Uint8Array): Promise<Response> {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>();
  const writer = writable.getWriter();
  // Who hangs up does not stop the function: its pieces then go nowhere.
  const write = (message: Uint8Array) => writer.write(message).catch(() => {});
  const { promise: begun, resolve: begin } = Promise.withResolvers<"begun">();
  const { name, qualifier, clientContext, logType } = members;
  let version = "$LATEST";
  const invoked = call.ports.invoke(name, payload, {
    qualifier,
    clientContext,
    wantsLogTail: logType === "Tail",
    onVersion(one) {
      version = one;
    },
    onPiece(piece) {
      begin("begun");
      return write(pieceMessage(piece));
    },
  });
  const first = await Promise.race([begun, invoked]);
  if (first !== "begun") {
    if (!first.found) return refuse(call, unknown(call, members));
    if (first.throttled) return refuse(call, tooMany("Rate Exceeded.", first.throttled));
    if (first.unavailable) return refuse(call, unavailable(first.payload));
  }
  void invoked.then(async (result) => {
    if (result.found) await finish(result, members, write);
    await writer.close().catch(() => {}); // nobody reads any more
  });
  const headers = {
    "content-type": eventStreamType,
    "x-amz-executed-version": version,
    "x-amzn-requestid": call.requestId,
  };
  return new Response(readable, { headers });
}

async function finish(
  result: Found,
  { logType }: Members,
  write: (message: Uint8Array) => Promise<void>,
): Promise<void> {
  const { functionError, payload, logTail } = result;
  if (!functionError && payload.length > 0) await write(pieceMessage(payload));
  const complete = {
    ...(functionError && { ErrorCode: functionError, ErrorDetails: textOf(payload) }),
    ...(logType === "Tail" && { LogResult: toBase64(logTail) }),
  };
  await write(message("InvokeComplete", "application/json", utf8(JSON.stringify(complete))));
}

function pieceMessage(piece: Uint8Array): Uint8Array {
  return message("PayloadChunk", "application/octet-stream", piece);
}

function message(type: string, contentType: string, payload: Uint8Array): Uint8Array {
  const headers = {
    ":message-type": "event",
    ":event-type": type,
    ":content-type": contentType,
  };
  return encodeEventMessage(headers, payload);
}
