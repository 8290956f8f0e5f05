/**
 * A request at the edge: as a door brings it, then read once and in full, which is what all kinds
 * of event are made from.
 *
 * The path and the query stay percent-encoded as they were sent. Three things are lost before they
 * get here: segments of dots, which are resolved as a browser does; the case of header names; and
 * which of several headers of one name held which value, as they come joined with a comma and a
 * space.
 */

import { type Awaitable, type Clock, newUuid, type Random, toBase64 } from "../base/mod.ts";

export interface Client {
  /** The address of the other side of the connection. */
  readonly ip: string;
}

/** As much of `Headers` as is looked at, so that a door may bring them without making one. */
export interface HeaderReader {
  /** `name` in lower case. */
  get(name: string): string | null;
  has(name: string): boolean;
  keys(): Iterable<string>;
}

/** By lower-case names. */
export type EventHeaders = Readonly<Record<string, string>>;

/** A request as a door brings it. */
export interface Incoming {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  readonly headers: HeaderReader;
  readonly client: Client;
  /** Its headers as events have them. */
  readonly described: EventHeaders;
  /** `undefined`: it is larger than allowed. Not more than once. */
  readBody(): Awaitable<Uint8Array | undefined>;
  /** The same as the platform has it, for whoever reads it instead. */
  asRequest(): Request;
}

export interface EdgeRequest {
  readonly method: string;
  readonly path: string;
  /** Without the question mark. */
  readonly query: string;
  /** With `x-forwarded-*` added. */
  readonly headers: EventHeaders;
  readonly body: Uint8Array;
  readonly sourceIp: string;
  readonly requestId: string;
  /** In the form that API Gateway gives its own requests. */
  readonly gatewayId: string;
  readonly nowMs: number;
}

/** At once where the body is there. `undefined`: it is larger than allowed. */
export function readRequest(
  incoming: Incoming,
  world: { readonly clock: Clock; readonly random: Random },
): Awaitable<EdgeRequest | undefined> {
  // It has come now, however long its body takes.
  const given = { random: world.random, nowMs: world.clock.now() };
  const body = incoming.readBody();
  if (!(body instanceof Promise)) return body && describeRequest(incoming, given, body);
  return body.then((read) => read && describeRequest(incoming, given, read));
}

function describeRequest(
  { method, path, query, described, client }: Incoming,
  { random, nowMs }: { readonly random: Random; readonly nowMs: number },
  body: Uint8Array,
): EdgeRequest {
  return {
    method,
    path,
    query,
    headers: described,
    body,
    sourceIp: client.ip,
    requestId: newUuid(random),
    gatewayId: toBase64(random.bytes(11)),
    nowMs,
  };
}

/** Where a client found us. */
export interface Origin {
  readonly protocol: "http" | "https";
  /** With its port, where it has one. */
  readonly host: string;
}

/**
 * The headers of a request as events have them: `headers` by lower-case names, to which what the
 * door and its client are is added. One record may do for many requests.
 */
export function describeHeaders(
  headers: Record<string, string>,
  { protocol, host }: Origin,
  client: Client,
): EventHeaders {
  const port = /:(\d+)$/.exec(host)?.[1];
  const before = headers["x-forwarded-for"];
  headers["x-forwarded-for"] = before ? `${before}, ${client.ip}` : client.ip;
  headers["x-forwarded-proto"] = protocol;
  headers["x-forwarded-port"] = port ?? (protocol === "https" ? "443" : "80");
  headers.host ??= host;
  return headers;
}

/** The name by which the client called us, with its port, as there is no other domain. */
export function describeDomain({ headers }: Pick<EdgeRequest, "headers">) {
  const domainName = headers.host ?? "";
  return { domainName, domainPrefix: /^[^.:]*/.exec(domainName)![0] };
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
