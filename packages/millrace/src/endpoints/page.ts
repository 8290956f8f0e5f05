/**
 * Lists that come a page at a time.
 *
 * A token holds the place of the last entry that was given, in an order that does not change: what
 * is added or taken away between two pages never makes another entry come twice or be left out.
 */

import { fromBase64, textOrUndefined, toBase64, utf8 } from "../base/mod.ts";
import type { Query } from "./query.ts";

export const pageMembers = ["nextToken", "maxResults"] as const;

export interface PageWish {
  /** The place behind which the page begins; absent: at the beginning. */
  readonly after: string | undefined;
  readonly countMax: number;
}

export interface PageOptions {
  /** What is listed; a token of another list is refused. */
  readonly list: string;
  readonly countDefault: number;
  /** The most that may be asked for; 200 when absent. */
  readonly countBound?: number;
  /** What this list calls its token and its count; absent: as `pageMembers` has them. */
  readonly names?: readonly [token: string, count: string];
}

export function readPage(query: Query, options: PageOptions): PageWish {
  const { list, countDefault, countBound = 200, names = pageMembers } = options;
  const [tokenName, countName] = names;
  const countMax = query.integer(countName, { min: 1, max: countBound }) ?? countDefault;
  const token = query.text(tokenName);
  if (token === undefined) return { after: undefined, countMax };
  const after = placeOf(token, list);
  if (after === undefined) query.report(`${tokenName} "${token}" is not one of this list`);
  return { after, countMax };
}

/** The first `countMax` of the entries, and the token of what follows; one more is enough. */
export function pageOf<T>(
  entries: readonly T[],
  { list, countMax, placeOf }: { list: string; countMax: number; placeOf: (entry: T) => string },
): { readonly entries: readonly T[]; readonly nextToken: string | null } {
  const given = entries.slice(0, countMax);
  const last = given.at(-1);
  if (entries.length <= countMax || last === undefined) return { entries: given, nextToken: null };
  return { entries: given, nextToken: toBase64(utf8(`${list}\0${placeOf(last)}`)) };
}

function placeOf(token: string, list: string): string | undefined {
  const bytes = fromBase64(token);
  const text = bytes && textOrUndefined(bytes);
  return text?.startsWith(`${list}\0`) ? text.slice(list.length + 1) : undefined;
}
