/**
 * The Lambda Runtime API (2018-06-01) for one environment.
 *
 * Every environment has a port of its own, because the standard clients take
 * `AWS_LAMBDA_RUNTIME_API` apart in different ways: some keep a path behind `host:port`, Python's
 * and Node's drop it. The port alone says who is calling.
 *
 * What the environment does with a request is its matter; this file is the wire form alone. Left
 * out: extensions and telemetry, answered with 404; the trailers of a streamed answer, which the
 * server does not show, so that a runtime of one's own reports a late error by `error` instead.
 */

import { concatBytes } from "../base/mod.ts";
import type { Call } from "./call.ts";
import { responseBytesMax, streamBytesMax } from "./limits.ts";

export interface RuntimeApiHandlers {
  /** Answers when there is work. Asking also says that the last call, or the start, is over. */
  next(): Promise<Call>;
  /** False: no such call is running. */
  respond(requestId: string, payload: Uint8Array): boolean;
  /** An answer in pieces; answers when it is whole, or no longer wanted. */
  respondInPieces(requestId: string, answer: PiecedAnswer): Promise<boolean>;
  fail(requestId: string, error: Uint8Array): boolean;
  failInit(error: Uint8Array): void;
}

export interface PiecedAnswer {
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly contentType: string;
}

export interface RuntimeApiOptions {
  readonly handlers: RuntimeApiHandlers;
  /** When the call will be killed, in milliseconds since the epoch. */
  readonly deadlineMs: () => number;
}

export interface RuntimeApi {
  /** `127.0.0.1:port`. */
  readonly address: string;
  close(): void;
}

const host = "127.0.0.1";
const prefix = "/2018-06-01/runtime/";

/** Listens on a free port of the loopback interface until `close`, which breaks open requests. */
export function serveRuntimeApi(options: RuntimeApiOptions): RuntimeApi {
  const server = Bun.serve({
    hostname: host,
    port: 0,
    idleTimeout: 0,
    maxRequestBodySize: streamBytesMax + responseBytesMax,
    fetch: (request) => answer(request, options),
    error: () => reply(500, { errorType: "InternalServerError", errorMessage: "Internal error" }),
  });
  return {
    address: `${host}:${server.port}`,
    close: () => void server.stop(true),
  };
}

async function answer(request: Request, options: RuntimeApiOptions): Promise<Response> {
  const { handlers } = options;
  if (isFromBrowser(request))
    return reply(403, { errorType: "Forbidden", errorMessage: "Not for browsers" });
  const path = request.url.slice(request.url.indexOf("/", "http://".length)).split("?", 1)[0]!;
  if (!path.startsWith(prefix)) return notFound(path);
  const [scope, id, kind, ...rest] = path.slice(prefix.length).split("/");
  if (rest.length > 0) return notFound(path);
  if (request.method === "GET" && scope === "invocation" && id === "next" && !kind) {
    return describeCall(await handlers.next(), options);
  }
  if (request.method !== "POST") return notFound(path);
  const mode = request.headers.get("Lambda-Runtime-Function-Response-Mode");
  if (mode === "streaming" && scope === "invocation" && id && kind === "response") {
    const pieces = request.body ?? new ReadableStream<Uint8Array>();
    const contentType = request.headers.get("content-type") ?? "application/octet-stream";
    const taken = await handlers.respondInPieces(id, { pieces, contentType });
    return taken ? accepted() : unknownCall(id);
  }
  const body = await readBounded(request);
  if (scope === "init" && id === "error" && !kind) {
    handlers.failInit(body);
    return accepted();
  }
  if (scope !== "invocation" || !id) return notFound(path);
  if (kind === "error") return handlers.fail(id, body) ? accepted() : unknownCall(id);
  if (kind !== "response") return notFound(path);
  if (!handlers.respond(id, body)) return unknownCall(id);
  return body.length > responseBytesMax
    ? reply(413, { errorType: "RequestEntityTooLarge", errorMessage: "Payload is too large" })
    : accepted();
}

/**
 * A page in a browser on this machine could otherwise take work from a handler. Where its own name
 * was made to lead here, the name is all that shows it. Node's fetch sends `Sec-Fetch-Mode` too, so
 * that says nothing.
 */
function isFromBrowser({ headers, url }: Request): boolean {
  const reboundName = !url.startsWith(`http://${host}:`) && !url.startsWith(`http://${host}/`);
  return reboundName || headers.has("origin") || headers.has("sec-fetch-site");
}

/** All of the body; of one that is too large only so much that it shows. */
async function readBounded(request: Request): Promise<Uint8Array> {
  const told = Number(request.headers.get("content-length") ?? Number.NaN);
  // In one piece: a stream costs more than all else here (bench: functions, one at a time).
  if (told <= responseBytesMax) return request.bytes();
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of request.body ?? []) {
    bytes += chunk.length;
    if (bytes <= 2 * responseBytesMax) chunks.push(chunk);
  }
  return concatBytes(chunks);
}

function describeCall(call: Call, options: RuntimeApiOptions): Response {
  const { requestId, functionArn, traceId, clientContext } = call;
  const headers: Record<string, string> = {
    "Content-Type": "application/json",
    "Lambda-Runtime-Aws-Request-Id": requestId,
    "Lambda-Runtime-Deadline-Ms": String(options.deadlineMs()),
    "Lambda-Runtime-Invoked-Function-Arn": functionArn,
    "Lambda-Runtime-Trace-Id": traceId,
  };
  if (clientContext) headers["Lambda-Runtime-Client-Context"] = clientContext;
  return new Response(call.payload as Uint8Array<ArrayBuffer>, { headers });
}

function accepted(): Response {
  return reply(202, { status: "OK" });
}

function unknownCall(requestId: string): Response {
  return reply(400, {
    errorType: "InvalidRequestID",
    errorMessage: `No call with the id "${requestId}" is running`,
  });
}

function notFound(path: string): Response {
  return reply(404, { errorType: "NotFound", errorMessage: `There is no operation at "${path}"` });
}

function reply(status: number, body: unknown): Response {
  return Response.json(body, { status });
}
