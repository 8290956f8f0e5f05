/**
 * Where a client puts what an authorizer needs: in headers or query of a request, or behind a
 * question mark in the user name of its CONNECT.
 *
 *     ann?x-amz-customauthorizer-name=Shop&token=t&x-amz-customauthorizer-signature=c2ln
 *
 * [IoT: Connecting to AWS IoT Core by using custom authentication]
 */

import { queryParameters, type RequestHead } from "../../aws/mod.ts";

const nameKey = "x-amz-customauthorizer-name";
const signatureKey = "x-amz-customauthorizer-signature";

export interface Presented {
  /** Of the authorizer that is to be asked; absent: the default one. */
  readonly authorizerName: string | undefined;
  readonly signature: string | undefined;
  /** Whether anything is there that an authorizer could go by. */
  readonly isThere: boolean;
  /** What stands under a name; `undefined` without it, or when it is there more than once. */
  value(name: string): string | undefined;
}

/** What a request over HTTP says of itself, for the authorizer's function. */
export interface HttpFacts {
  /** Names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  /** With its question mark; empty without a query. */
  readonly queryString: string;
}

/** Facts of a request as its door hands it on. */
export function httpFacts({ url, headers }: Pick<RequestHead, "url" | "headers">): HttpFacts {
  const at = url.indexOf("?");
  const facts = Array.from(headers.keys(), (name) => [name, headers.get(name) ?? ""] as const);
  return { headers: Object.fromEntries(facts), queryString: at < 0 ? "" : url.slice(at) };
}

/** Out of headers and query; a header counts before the query. */
export function presentedInHttp({ headers, queryString }: HttpFacts): Presented {
  const query = once(queryParameters(queryString.slice(1)));
  const value = (name: string) =>
    Object.hasOwn(headers, name.toLowerCase()) ? headers[name.toLowerCase()] : query(name);
  const authorizerName = value(nameKey);
  const signature = value(signatureKey);
  const isThere = authorizerName !== undefined || signature !== undefined;
  return { authorizerName, signature, isThere, value };
}

/** Out of what CONNECT brings. Words about the client itself (`?SDK=...`) prove nothing. */
export function presentedInConnect(username = "", password?: Uint8Array): Presented {
  const at = username.indexOf("?");
  const value = once(at < 0 ? [] : queryParameters(username.slice(at + 1)));
  const authorizerName = value(nameKey);
  const signature = value(signatureKey);
  const hasUser = at < 0 ? username !== "" : at > 0;
  const isNamed = authorizerName !== undefined || signature !== undefined;
  return {
    authorizerName,
    signature,
    isThere: isNamed || hasUser || password !== undefined,
    value,
  };
}

/** What stands twice is not taken at all: whoever reads it next might take the other. */
function once(parameters: readonly (readonly [name: string, value: string])[]) {
  const values = new Map<string, string | undefined>();
  for (const [name, value] of parameters) {
    values.set(name, values.has(name) ? undefined : value);
  }
  return (name: string) => values.get(name);
}
