/** Pages of a list: `MaxItems` at most, and a marker where more follow. */

import { invalidParameter } from "./answers.ts";
import { checkConstraints } from "./constraints.ts";
import { type Answer, done, no } from "./operation.ts";

/** What Lambda gives at most, whatever is asked for. */
const pageItemsMax = 50;
const maxItemsMax = 10_000;

export const pageQuery = ["MaxItems", "Marker"] as const;

export interface Listed<T> {
  /** The member of the answer that holds the items. */
  readonly member: string;
  readonly items: readonly T[];
  /** One of its own for each item; the marker of the next page is the last item's. */
  readonly keyOf: (item: T) => string;
  readonly tell: (item: T) => unknown;
  /** Of a page, whatever is asked for; absent: `pageItemsMax`. */
  readonly itemsMax?: number;
}

/** The page that the query asks for, or why there is none. */
export function answerPage<T>(query: URLSearchParams, listed: Listed<T>): Answer {
  const { member, items, keyOf, tell, itemsMax = pageItemsMax } = listed;
  const asked = Number(query.get("MaxItems") ?? itemsMax);
  if (!Number.isInteger(asked) || asked < 1 || asked > maxItemsMax) {
    return checkConstraints({ MaxItems: asked }, { MaxItems: { min: 1, max: maxItemsMax } })!;
  }
  const marker = query.get("Marker");
  const before = items.findIndex((item) => keyOf(item) === marker);
  if (marker !== null && before < 0) return no(invalidParameter(`The marker is not valid`));
  const rest = items.slice(before + 1);
  const page = rest.slice(0, Math.min(asked, itemsMax));
  const next = page.length < rest.length && { NextMarker: keyOf(page.at(-1)!) };
  return done(200, { [member]: page.map(tell), ...next });
}
