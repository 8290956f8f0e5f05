/** Lists a page at a time. */

import { fromBase64, textOrUndefined, toBase64, utf8 } from "../../base/mod.ts";
import { type Input, notValid, type Refusal } from "./operation.ts";

const pageDefault = 100;

/** The members that every list takes besides its own. */
export const pageMembers = { NextToken: "string", Limit: "number" } as const;

interface Page<T> {
  readonly page: readonly T[];
  readonly NextToken?: string;
}

/** The entries, in the order of their places, from where the token says. */
export function pageOf<T>(
  { NextToken: token, Limit: limit = pageDefault }: Input,
  entries: readonly T[],
  placeOf: (entry: T) => string,
): Page<T> | { readonly refusal: Refusal } {
  if (!Number.isInteger(limit) || Number(limit) < 1 || Number(limit) > pageDefault) {
    return notValid("Limit", `it must be 1 to ${pageDefault}`);
  }
  const bytes = typeof token === "string" ? fromBase64(token) : undefined;
  const after = bytes && textOrUndefined(bytes);
  if (typeof token === "string" && after === undefined) {
    return notValid("NextToken", "it is not one of this list");
  }
  const rest = entries.filter((entry) => after === undefined || placeOf(entry) > after);
  const page = rest.slice(0, Number(limit));
  const last = page.at(-1);
  if (last === undefined || rest.length <= page.length) return { page };
  return { page, NextToken: toBase64(utf8(placeOf(last))) };
}
