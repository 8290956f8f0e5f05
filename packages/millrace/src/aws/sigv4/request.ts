/** What of an HTTP request a signature is about; everything as it was sent, nothing decoded. */

export interface SignableRequest<H extends HeaderReader = HeaderReader> {
  readonly method: string;
  /** Percent-encoded, without the query. */
  readonly path: string;
  /** Percent-encoded, without its question mark; empty when there is none. */
  readonly query: string;
  readonly headers: H;
}

/** As much of `Headers` as is looked at, so that a door may bring them without making one. */
export interface HeaderReader {
  get(name: string): string | null;
  has(name: string): boolean;
  keys(): Iterable<string>;
}

/** The parts of a `Request` that a signature is about. */
export interface RequestHead<H extends HeaderReader = HeaderReader> {
  readonly method: string;
  readonly url: string;
  readonly headers: H;
}

/** Of a request as the HTTP server hands it on. */
export function signableRequest<H extends HeaderReader>({
  method,
  url,
  headers,
}: RequestHead<H>): SignableRequest<H> {
  const pathStart = url.indexOf("/", url.indexOf("://") + 3);
  const target = pathStart < 0 ? "/" : url.slice(pathStart);
  const queryStart = target.indexOf("?");
  if (queryStart < 0) return { method, path: target, query: "", headers };
  const path = target.slice(0, queryStart);
  return { method, path, query: target.slice(queryStart + 1), headers };
}

export type Parameter = readonly [name: string, value: string];

/** Names and values decoded, in the order of the query. What does not decode is taken as it is. */
export function queryParameters(query: string): Parameter[] {
  if (query === "") return [];
  return query.split("&").map((part) => {
    const equals = part.indexOf("=");
    if (equals < 0) return [decoded(part), ""];
    return [decoded(part.slice(0, equals)), decoded(part.slice(equals + 1))];
  });
}

/** As RFC 3986 has it: all but letters, digits and `-._~` is encoded, in upper case. */
export function uriEncode(text: string): string {
  return encodeURIComponent(text.toWellFormed()).replace(
    /[!'()*]/g,
    (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`,
  );
}

function decoded(text: string): string {
  if (!text.includes("%")) return text; // a session's token is long, and has none
  try {
    return decodeURIComponent(text);
  } catch {
    return text; // decodeURIComponent has no other way to say no
  }
}
