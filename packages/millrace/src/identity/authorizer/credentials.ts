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
  /** The one of the names for authorizers that is there more than once. */
  readonly doubled: string | undefined;
  /** What stands under a name; `undefined` without it, or when it is there more than once. */
  value(name: string): string | undefined;
  /** Whether the name is there, however often. */
  has(name: string): boolean;
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
  const query = new Once(queryParameters(queryString.slice(1)));
  const isHeader = (name: string) => Object.hasOwn(headers, name.toLowerCase());
  const value = (name: string) =>
    isHeader(name) ? headers[name.toLowerCase()] : query.value(name);
  return {
    ...namedBy(value),
    isThere: names.some((name) => isHeader(name) || query.has(name)),
    doubled: names.find((name) => !isHeader(name) && query.isDoubled(name)),
    value,
    has: (name) => isHeader(name) || query.has(name),
  };
}

/** Out of what CONNECT brings. Words about the client itself (`?SDK=...`) prove nothing. */
export function presentedInConnect(username = "", password?: Uint8Array): Presented {
  const at = username.indexOf("?");
  const query = new Once(at < 0 ? [] : queryParameters(username.slice(at + 1)));
  const value = (name: string) => query.value(name);
  const hasUser = at < 0 ? username !== "" : at > 0;
  return {
    ...namedBy(value),
    isThere: names.some((name) => query.has(name)) || hasUser || password !== undefined,
    doubled: names.find((name) => query.isDoubled(name)),
    value,
    has: (name) => query.has(name),
  };
}

const names = [nameKey, signatureKey];

function namedBy(value: Presented["value"]): Pick<Presented, "authorizerName" | "signature"> {
  return { authorizerName: value(nameKey), signature: value(signatureKey) };
}

/** What stands twice is not taken at all: whoever reads it next might take the other. */
class Once {
  readonly #values = new Map<string, string | undefined>();

  constructor(parameters: readonly (readonly [name: string, value: string])[]) {
    for (const [name, value] of parameters) {
      this.#values.set(name, this.#values.has(name) ? undefined : value);
    }
  }

  value(name: string): string | undefined {
    return this.#values.get(name);
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  isDoubled(name: string): boolean {
    return this.has(name) && this.value(name) === undefined;
  }
}
