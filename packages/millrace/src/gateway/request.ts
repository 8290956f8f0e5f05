/**
 * A request at the edge, read once and in full: what both kinds of event are made from.
 *
 * The path and the query stay percent-encoded as they were sent. Three things are lost before they
 * get here, in the HTTP server: segments of dots, which are resolved as a browser does; the case of
 * header names; and which of several headers of one name held which value, as they come joined with
 * a comma and a space.
 */

import { type Clock, concatBytes, newUuid, noBytes, type Random, toBase64 } from "../base/mod.ts";
import { bodyBytesMax } from "./limits.ts";

export interface Client {
  /** The address of the other side of the connection. */
  readonly ip: string;
}

export interface EdgeRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** By lower-case names, with `x-forwarded-*` added. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
  readonly sourceIp: string;
  readonly requestId: string;
  /** In the form that API Gateway gives its own requests. */
  readonly gatewayId: string;
  readonly nowMs: number;
}

/** `undefined`: the body is larger than allowed. */
export async function readRequest(
  request: Request,
  client: Client,
  { clock, random }: { readonly clock: Clock; readonly random: Random },
): Promise<EdgeRequest | undefined> {
  const nowMs = clock.now();
  const body = request.body ? await readBody(request) : noBytes;
  if (!body) return undefined;
  return {
    method: request.method,
    path: pathOf(request.url),
    query: queryOf(request.url),
    headers: describeHeaders(request, client),
    body,
    sourceIp: client.ip,
    requestId: newUuid(random),
    gatewayId: toBase64(random.bytes(11)),
    nowMs,
  };
}

/** From the first slash behind the host, as it was sent. */
export function pathOf(url: string): string {
  const rest = behindHost(url);
  const end = rest.search(/[?#]/);
  return (end < 0 ? rest : rest.slice(0, end)) || "/";
}

/** `01/Jan/2026:00:00:00 +0000`. */
export function formatRequestTime(ms: number): string {
  const text = new Date(ms).toUTCString(); // `Thu, 01 Jan 2026 00:00:00 GMT`
  const date = `${text.slice(5, 7)}/${text.slice(8, 11)}/${text.slice(12, 16)}`;
  return `${date}:${text.slice(17, 25)} +0000`;
}

/** Decoded pairs in their order; what is not properly encoded stays as it is. */
export function parseQuery(query: string): [name: string, value: string][] {
  return query === "" ? [] : [...new URLSearchParams(query)];
}

function queryOf(url: string): string {
  const rest = behindHost(url).split("#", 1)[0]!;
  const start = rest.indexOf("?");
  return start < 0 ? "" : rest.slice(start + 1);
}

function behindHost(url: string): string {
  const start = url.indexOf("/", url.indexOf("://") + 3);
  return start < 0 ? "" : url.slice(start);
}

function describeHeaders(request: Request, client: Client): Record<string, string> {
  // All at once, which costs a fifth of taking them in turn.
  const headers: Record<string, string> = request.headers.toJSON();
  // The server has made this URL, so it need not be read as one again: that costs more.
  const [protocol = "", , host = ""] = request.url.split("/", 3);
  const port = /:(\d+)$/.exec(host)?.[1];
  const before = headers["x-forwarded-for"];
  headers["x-forwarded-for"] = before ? `${before}, ${client.ip}` : client.ip;
  headers["x-forwarded-proto"] = protocol.slice(0, -1);
  headers["x-forwarded-port"] = port ?? (protocol === "https:" ? "443" : "80");
  headers.host ??= host;
  const cookies: unknown = headers["set-cookie"]; // no request's, and the only one that is a list
  if (cookies !== undefined) headers["set-cookie"] = String(cookies);
  return headers;
}

/** Of a request that has one. */
async function readBody(request: Request): Promise<Uint8Array | undefined> {
  const told = request.headers.get("content-length");
  if (Number(told ?? 0) > bodyBytesMax) return undefined;
  if (told !== null) return request.bytes(); // in one piece, which costs less than a stream
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of request.body!) {
    length += chunk.length;
    if (length > bodyBytesMax) return undefined;
    chunks.push(chunk);
  }
  return chunks.length === 1 ? chunks[0] : concatBytes(chunks);
}
