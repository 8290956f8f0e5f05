/**
 * Pages of a list: `MaxItems` at most, and a marker where more follow.
 *
 * The marker is the key of the last item that was told. The next page begins with the first one
 * behind it in the order of the list, whether that item is still there or not.
 */

import { checkConstraints } from "./constraints.ts";
import { type Answer, done } from "./operation.ts";

/** What Lambda gives at most, whatever is asked for. */
const pageItemsMax = 50;
const maxItemsMax = 10_000;

export const pageQuery = ["MaxItems", "Marker"] as const;

export interface Listed<T> {
  /** The member of the answer that holds the items. */
  readonly member: string;
  /** In the order of their keys. */
  readonly items: readonly T[];
  /** One of its own for each item. */
  readonly keyOf: (item: T) => string;
  /** Whether a key stands behind another one; absent: they are in the order of texts. */
  readonly isBehind?: (key: string, marker: string) => boolean;
  readonly tell: (item: T) => unknown;
  /** Of a page, whatever is asked for; absent: `pageItemsMax`. */
  readonly itemsMax?: number;
}

/** The page that the query asks for, or why there is none. */
export function answerPage<T>(query: URLSearchParams, listed: Listed<T>): Answer {
  const { member, items, keyOf, tell, itemsMax = pageItemsMax } = listed;
  const { isBehind = (key, before) => key > before } = listed;
  const asked = Number(query.get("MaxItems") ?? itemsMax);
  if (!Number.isInteger(asked) || asked < 1 || asked > maxItemsMax) {
    return checkConstraints({ MaxItems: asked }, { MaxItems: { min: 1, max: maxItemsMax } })!;
  }
  const marker = query.get("Marker");
  const rest = marker === null ? items : items.filter((item) => isBehind(keyOf(item), marker));
  const page = rest.slice(0, Math.min(asked, itemsMax));
  const next = page.length < rest.length && { NextMarker: keyOf(page.at(-1)!) };
  return done(200, { [member]: page.map(tell), ...next });
}

/** The order of versions: the latest state, then the numbers. */
export function isLaterVersion(version: string, other: string): boolean {
  const rankOf = (one: string) => (one === "$LATEST" ? 0 : Number(one));
  return rankOf(version) > rankOf(other);
}
