/**
 * The Lambda Runtime API (2018-06-01) for one environment.
 *
 * Every environment has a port of its own, because the standard clients take
 * `AWS_LAMBDA_RUNTIME_API` apart in different ways: some keep a path behind `host:port`, Python's
 * and Node's drop it. The port alone says who is calling.
 *
 * What the environment does with a request is its matter; this file is the wire form alone. An
 * error that comes in the middle of an answer is told by trailers, or by `error`. Left out:
 * extensions and telemetry, answered with 404.
 */

import { concatBytes, fromBase64, utf8 } from "../../base/mod.ts";
import type { Call } from "../call.ts";
import { responseBytesMax, streamBytesMax } from "../limits.ts";
import { host, serveQuickly, serveWithTrailers, type Trailers } from "./server.ts";

export interface RuntimeApiHandlers {
  /** Gives work when there is some. Asking also says that the last call, or the start, is over. */
  next(give: (call: Call) => void, end?: CallEnd): void;
  /**
   * False: no such call is running. `undefined`: the payload was too large to be kept. With `end`
   * the call's log is over too.
   */
  respond(requestId: string, payload: Uint8Array | undefined, end?: CallEnd): boolean;
  /** An answer in pieces; answers when it is whole, or no longer wanted. */
  respondInPieces(requestId: string, answer: PiecedAnswer): Promise<boolean>;
  fail(requestId: string, error: Uint8Array): boolean;
  failInit(error: Uint8Array): void;
}

/** What a process of ours says of the call that is over. */
export interface CallEnd {
  /** A mark stands behind the lines of its log; else it has none, as far as the process knows. */
  readonly isMarked: boolean;
  readonly memoryBytes: number;
}

export interface PiecedAnswer {
  readonly pieces: AsyncIterable<Uint8Array>;
  readonly contentType: string;
  /** Asked when all pieces are there: the error that broke the answer off, if one did. */
  readonly lateError: () => Uint8Array | undefined;
}

export interface RuntimeApiOptions {
  readonly handlers: RuntimeApiHandlers;
  /** Whether the runtime may tell an error by trailers; ours do not, and are served quicker. */
  readonly readsTrailers: boolean;
  /** When the call will be killed, in milliseconds since the epoch. */
  readonly deadlineMs: () => number;
}

export interface RuntimeApi {
  /** `127.0.0.1:port`. */
  readonly address: string;
  close(): void;
}

const prefix = "/2018-06-01/runtime/";

/** Listens on a free port of the loopback interface until `close`, which breaks open requests. */
export function serveRuntimeApi(options: RuntimeApiOptions): RuntimeApi {
  const respond = (request: Request, trailers: Trailers) => answer(request, options, trailers);
  const server = options.readsTrailers
    ? serveWithTrailers(respond, internalError)
    : serveQuickly(respond, internalError, streamBytesMax + responseBytesMax);
  return { address: `${host}:${server.port}`, close: () => server.close() };
}

function internalError(): Response {
  return reply(500, { errorType: "InternalServerError", errorMessage: "Internal error" });
}

async function answer(
  request: Request,
  options: RuntimeApiOptions,
  trailers: Trailers,
): Promise<Response> {
  const { handlers } = options;
  if (isFromBrowser(request))
    return reply(403, { errorType: "Forbidden", errorMessage: "Not for browsers" });
  const path = request.url.slice(request.url.indexOf("/", "http://".length)).split("?", 1)[0]!;
  if (!path.startsWith(prefix)) return notFound(path);
  const [scope, id, kind, ...rest] = path.slice(prefix.length).split("/");
  if (rest.length > 0) return notFound(path);
  if (request.method === "GET" && scope === "invocation" && id === "next" && !kind) {
    return describeCall(await new Promise<Call>((give) => handlers.next(give)), options);
  }
  if (request.method !== "POST") return notFound(path);
  const mode = request.headers.get("Lambda-Runtime-Function-Response-Mode");
  if (mode === "streaming" && scope === "invocation" && id && kind === "response") {
    const pieces = request.body ?? new ReadableStream<Uint8Array>();
    const contentType = request.headers.get("content-type") ?? "application/octet-stream";
    const lateError = () => lateErrorOf(trailers());
    const taken = await handlers.respondInPieces(id, { pieces, contentType, lateError });
    return taken ? accepted() : unknownCall(id);
  }
  const body = await readBounded(request);
  const type = request.headers.get(errorTypeName) ?? undefined;
  if (scope === "init" && id === "error" && !kind) {
    handlers.failInit(errorOf(body, type));
    return accepted();
  }
  if (scope !== "invocation" || !id) return notFound(path);
  if (kind === "error")
    return handlers.fail(id, errorOf(body, type)) ? accepted() : unknownCall(id);
  if (kind !== "response") return notFound(path);
  if (!handlers.respond(id, body)) return unknownCall(id);
  return body.length > responseBytesMax
    ? reply(413, { errorType: "RequestEntityTooLarge", errorMessage: "Payload is too large" })
    : accepted();
}

const errorTypeName = "lambda-runtime-function-error-type";
const errorBodyName = "lambda-runtime-function-error-body";

/** The body comes in base64; `undefined`: nothing broke the answer off. */
function lateErrorOf(trailers: ReturnType<Trailers>): Uint8Array | undefined {
  const { [errorTypeName]: type, [errorBodyName]: body } = trailers;
  if (type === undefined && body === undefined) return undefined;
  return errorOf(fromBase64(body ?? "") ?? new Uint8Array(0), type);
}

/** A runtime need not say more than the type, in a header. */
function errorOf(body: Uint8Array, errorType = "Unknown"): Uint8Array {
  return body.length > 0 ? body : utf8(JSON.stringify({ errorType, errorMessage: "" }));
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
  return new Response(call.payload as string | Uint8Array<ArrayBuffer>, { headers });
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
