/** Requests and answers as the runtime's HTTP server has them. */

import { type Awaitable, concatBytes, noBytes } from "../base/mod.ts";
import type { Answer } from "./answer.ts";
import { AnswerHeaders } from "./answer-headers.ts";
import { bodyBytesMax } from "./limits.ts";
import { type Client, describeHeaders, type Incoming } from "./request.ts";

/** Of a request whose body nobody has read. */
export function incomingOf(request: Request, client: Client): Incoming {
  const { protocol, host, path, query } = splitUrl(request.url);
  // All at once, which costs a fifth of taking them in turn.
  const headers: Record<string, string> = request.headers.toJSON();
  const cookies: unknown = headers["set-cookie"]; // no request's, and the only one that is a list
  if (cookies !== undefined) headers["set-cookie"] = String(cookies);
  return {
    method: request.method,
    path,
    query,
    headers: request.headers,
    client,
    described: describeHeaders(headers, { protocol, host }, client),
    readBody: () => readBody(request),
    asRequest: () => request,
  };
}

export function responseOf({ status, headers, body }: Answer): Response {
  const all = new Headers([...headers]);
  for (const cookie of headers.cookies) all.append("set-cookie", cookie);
  return new Response(bodyOf(body), { status, headers: all });
}

function bodyOf(body: Answer["body"]) {
  if (typeof body !== "string" && !(body instanceof Uint8Array)) {
    return body.pieces.pipeThrough(new TransformStream()); // else a file would be told by its name
  }
  return body.length === 0 ? null : (body as string | Uint8Array<ArrayBuffer>);
}

/** Of a response whose body is short. */
export async function answerOf(response: Response): Promise<Answer> {
  const { "set-cookie": cookies, ...others } = response.headers.toJSON();
  const headers = AnswerHeaders.of(others as Record<string, string>);
  for (const cookie of cookies ?? []) headers.append("set-cookie", cookie);
  return { status: response.status, headers, body: await response.bytes() };
}

/** The server has made this URL, so it need not be read as one again. */
function splitUrl(url: string) {
  const protocolEnd = url.indexOf("://");
  const fragment = url.indexOf("#", protocolEnd);
  const end = fragment < 0 ? url.length : fragment;
  const hostAt = protocolEnd + 3;
  const slash = url.indexOf("/", hostAt);
  const pathAt = slash < 0 ? url.length : slash;
  const mark = url.indexOf("?", pathAt);
  const pathEnd = mark < 0 || mark > end ? end : mark;
  return {
    protocol: url.startsWith("https:") ? ("https" as const) : ("http" as const),
    host: url.slice(hostAt, pathAt),
    path: url.slice(pathAt, pathEnd) || "/",
    query: url.slice(pathEnd + 1, end),
  };
}

/** `undefined`: it is larger than allowed. */
function readBody(request: Request): Awaitable<Uint8Array | undefined> {
  if (!request.body) return noBytes;
  const told = request.headers.get("content-length");
  if (Number(told ?? 0) > bodyBytesMax) return undefined;
  if (told !== null) return request.bytes(); // in one piece, which costs less than a stream
  return readPieces(request.body);
}

async function readPieces(body: ReadableStream<Uint8Array>): Promise<Uint8Array | undefined> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body) {
    length += chunk.length;
    if (length > bodyBytesMax) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0] : concatBytes(chunks);
}
