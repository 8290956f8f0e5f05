/**
 * A request at the edge, read once and in full: what both kinds of event are made from.
 *
 * The path and the query stay percent-encoded as they were sent. Three things are lost before they
 * get here, in the HTTP server: segments of dots, which are resolved as a browser does; the case of
 * header names; and which of several headers of one name held which value, as they come joined with
 * a comma and a space.
 */

import {
  type Awaitable,
  type Clock,
  concatBytes,
  newUuid,
  noBytes,
  type Random,
  toBase64,
} from "../base/mod.ts";
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

/** At once where there is no body. `undefined`: the body is larger than allowed. */
export function readRequest(
  request: Request,
  client: Client,
  world: { readonly clock: Clock; readonly random: Random },
): Awaitable<EdgeRequest | undefined> {
  // It has come now, however long its body takes.
  const given = { random: world.random, nowMs: world.clock.now() };
  if (!request.body) return describeRequest(request, client, given, noBytes);
  return readBody(request).then((body) => body && describeRequest(request, client, given, body));
}

function describeRequest(
  request: Request,
  client: Client,
  { random, nowMs }: { readonly random: Random; readonly nowMs: number },
  body: Uint8Array,
): EdgeRequest {
  const url = splitUrl(request.url);
  return {
    method: request.method,
    path: url.path,
    query: url.query,
    headers: describeHeaders(request, url, client),
    body,
    sourceIp: client.ip,
    requestId: newUuid(random),
    gatewayId: toBase64(random.bytes(11)),
    nowMs,
  };
}

/** From the first slash behind the host, as it was sent. */
export function pathOf(url: string): string {
  return splitUrl(url).path;
}

/** `01/Jan/2026:00:00:00 +0000`. */
export const formatRequestTime = onceASecond((ms) => {
  const text = new Date(ms).toUTCString(); // `Thu, 01 Jan 2026 00:00:00 GMT`
  const date = `${text.slice(5, 7)}/${text.slice(8, 11)}/${text.slice(12, 16)}`;
  return `${date}:${text.slice(17, 25)} +0000`;
});

/** What a moment is called may be said of all of its second; many requests share one. */
function onceASecond(format: (ms: number) => string): (ms: number) => string {
  let second = Number.NaN;
  let formatted = "";
  return (ms) => {
    const asked = Math.floor(ms / 1000);
    if (asked !== second) {
      second = asked;
      formatted = format(ms);
    }
    return formatted;
  };
}

/** Decoded pairs in their order; what is not properly encoded stays as it is. */
export function parseQuery(query: string): [name: string, value: string][] {
  return query === "" ? [] : [...new URLSearchParams(query)];
}

interface UrlParts {
  readonly protocol: string;
  /** With its port, where it has one. */
  readonly host: string;
  readonly path: string;
  readonly query: string;
}

/** The server has made this URL, so it need not be read as one again: that costs more. */
function splitUrl(url: string): UrlParts {
  const protocolEnd = url.indexOf("://");
  const fragment = url.indexOf("#", protocolEnd);
  const end = fragment < 0 ? url.length : fragment;
  const hostAt = protocolEnd + 3;
  const slash = url.indexOf("/", hostAt);
  const pathAt = slash < 0 ? url.length : slash;
  const mark = url.indexOf("?", pathAt);
  const pathEnd = mark < 0 || mark > end ? end : mark;
  return {
    protocol: url.slice(0, protocolEnd),
    host: url.slice(hostAt, pathAt),
    path: url.slice(pathAt, pathEnd) || "/",
    query: url.slice(pathEnd + 1, end),
  };
}

function describeHeaders(
  request: Request,
  { protocol, host }: UrlParts,
  client: Client,
): Record<string, string> {
  // All at once, which costs a fifth of taking them in turn.
  const headers: Record<string, string> = request.headers.toJSON();
  const port = /:(\d+)$/.exec(host)?.[1];
  const before = headers["x-forwarded-for"];
  headers["x-forwarded-for"] = before ? `${before}, ${client.ip}` : client.ip;
  headers["x-forwarded-proto"] = protocol;
  headers["x-forwarded-port"] = port ?? (protocol === "https" ? "443" : "80");
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
