/** Everything in a part of a space, whatever its size: read a page at a time, in order. */

import type { Entry, Key, Records } from "./records.ts";

export interface Span {
  readonly space: string;
  /** First key, included. Absent: from the beginning. */
  readonly from?: Key;
  /** First key past the end, excluded. Absent: to the end. */
  readonly to?: Key;
}

const pageSize = 1_000;

/** Each page is of one moment, all of them together are not. */
export async function* entriesOf(
  records: Pick<Records, "range">,
  { space, from, to }: Span,
): AsyncGenerator<Entry> {
  for (let next = from; ; ) {
    const page = await records.range({ space, from: next, to, countMax: pageSize });
    yield* page;
    const last = page.at(-1);
    if (!last || page.length < pageSize) return;
    next = keyAfter(last.key);
  }
}

/** The next key that can be. */
function keyAfter(key: Key): Key {
  const next = new Uint8Array(key.length + 1);
  next.set(key);
  return next;
}
