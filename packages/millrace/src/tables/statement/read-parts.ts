/**
 * The page of a SELECT: of all, of one partition, or of several, one after another.
 *
 * Of several partitions a page has ten items at most, as the service has it. [ql-operators]
 */

import { readPageWithin } from "../capacity/reads.ts";
import { refuseInvalid } from "../errors.ts";
import { pageBytesMax, selectPartitionsPageMax } from "../limits.ts";
import { messages } from "../messages.ts";
import { wholeReadBytes } from "../store/capacity.ts";
import { after, type KeyRange } from "../store/key-bytes.ts";
import { type Page, readPage, type Source } from "../store/page.ts";
import type { SelectPart, SelectPlan } from "./select.ts";

interface Asked {
  /** Behind this key. */
  readonly start: Uint8Array | undefined;
  readonly limit: number | undefined;
  readonly consistent: boolean | undefined;
}

/** Refuses a start that lies where the statement does not read. */
export function readParts(source: Source, plan: SelectPlan, asked: Asked): Promise<Page> {
  return plan.parts
    ? readPartitions(source, { parts: plan.parts, reverse: plan.reverse }, asked)
    : readAll(source, asked);
}

async function readAll(source: Source, { start, limit, consistent }: Asked): Promise<Page> {
  return readPageWithin({ source, partition: undefined, consistent }, () =>
    readPage(source, {
      ...(start && { from: after(start) }),
      reverse: false,
      ...(limit !== undefined && { limit }),
    }),
  );
}

interface Partitions {
  readonly parts: readonly SelectPart[];
  readonly reverse: boolean;
}

async function readPartitions(
  source: Source,
  { parts, reverse }: Partitions,
  { start, limit = Number.POSITIVE_INFINITY, consistent }: Asked,
): Promise<Page> {
  const first = start ? parts.findIndex(({ range }) => holds(range, start)) : 0;
  if (first < 0) refuseInvalid(messages.nextTokenInvalid);
  let left = parts.length > 1 ? Math.min(limit, selectPartitionsPageMax) : limit;
  let leftBytes = pageBytesMax;
  const pages: Page[] = [];
  for (const { partition, range } of parts.slice(first)) {
    const begun = start && pages.length === 0;
    const rest = begun && (reverse ? { to: start } : { from: after(start) });
    const page = await readPageWithin({ source, partition, consistent }, () =>
      readPage(source, { ...range, ...rest, reverse, limit: left, bytesMax: leftBytes }),
    );
    pages.push(page);
    if (page.last) break;
    left -= page.items.length;
    leftBytes -= page.bytes;
  }
  return joinPages(pages);
}

function holds({ from, to }: KeyRange, key: Uint8Array): boolean {
  return Buffer.compare(key, from) >= 0 && Buffer.compare(key, to) < 0;
}

/** Each partition is charged as a read of its own. */
function joinPages(pages: readonly Page[]): Page {
  const last = pages.at(-1)!;
  if (pages.length === 1) return last;
  return {
    ...last,
    items: pages.flatMap(({ items }) => items),
    bytes: pages.reduce((sum, { bytes }) => sum + wholeReadBytes(bytes), 0),
  };
}
