/** Lists that come a page at a time, and numbers within their bounds. */

import { fromBase64, textOrUndefined, toBase64, utf8 } from "../../base/mod.ts";
import { constraint, type Input, invalid, type Refusal } from "./operation.ts";

type Refused = { readonly refusal: Refusal };

export interface Bounds {
  readonly min: number;
  readonly max: number;
}

/** A whole number; `fallback` when it is absent. */
export function readInteger<T>(
  input: Input,
  member: string,
  { min, max, fallback }: Bounds & { readonly fallback: T },
): number | T | Refused {
  const value = input[member];
  if (value === undefined || value === null) return fallback;
  if (!Number.isInteger(value)) return constraint(member, value, "be a whole number");
  const number = value as number;
  if (number < min) return constraint(member, value, `have value greater than or equal to ${min}`);
  if (number > max) return constraint(member, value, `have value less than or equal to ${max}`);
  return number;
}

/** `entries` are in the order of their places; a token is the place of the last one given. */
export function pageOf<T>(
  input: Input,
  entries: readonly T[],
  options: { readonly placeOf: (entry: T) => string; readonly descending?: boolean },
): { readonly page: readonly T[]; readonly nextToken?: string } | Refused {
  const limit = readInteger(input, "limit", { min: 1, max: 50, fallback: 50 });
  if (typeof limit !== "number") return limit;
  const { placeOf, descending = false } = options;
  const after = typeof input.nextToken === "string" ? placeOfToken(input.nextToken) : undefined;
  if (input.nextToken !== undefined && after === undefined) {
    return invalid("The specified nextToken is invalid.");
  }
  const rest =
    after === undefined
      ? entries
      : entries.filter((entry) => (descending ? placeOf(entry) < after : placeOf(entry) > after));
  const page = rest.slice(0, limit);
  const last = page.at(-1);
  if (rest.length <= limit || last === undefined) return { page };
  return { page, nextToken: toBase64(utf8(placeOf(last))) };
}

function placeOfToken(token: string): string | undefined {
  const bytes = fromBase64(token);
  return bytes && textOrUndefined(bytes);
}
