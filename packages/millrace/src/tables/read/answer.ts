/** The answer to a Query or Scan: the page as it is shown, where to go on, what it cost. */

import { utf8 } from "../../base/mod.ts";
import type { Item } from "../../expressions/mod.ts";
import { spendOnFetched } from "../capacity/reads.ts";
import type { ScanInput } from "../request/item-shapes.ts";
import { type Charge, readUnits } from "../store/capacity.ts";
import { readItem } from "../store/item-store.ts";
import type { Page, PageItem, Source } from "../store/page.ts";
import { type Charged, chargedFor } from "../write/answer.ts";
import { encodeAround } from "./encoded-items.ts";
import { needsTable, type Selection, select } from "./selection.ts";
import { lastKeyOf } from "./source.ts";

export interface PageOutput extends Charged {
  readonly Items?: readonly Item[];
  readonly Count: number;
  readonly ScannedCount: number;
  readonly LastEvaluatedKey?: Item;
}

type PageInput = Pick<
  ScanInput,
  "TableName" | "ReturnConsumedCapacity" | "ConsistentRead" | "Select"
>;

/** What is shown of a page, and what it cost. */
export async function answerPage(
  source: Source,
  input: PageInput,
  selection: Selection,
  page: Page,
): Promise<PageOutput> {
  const fetched = needsTable(source, selection, input.Select)
    ? await fetchItems(source, page, input.ConsistentRead)
    : undefined;
  const items = (fetched ?? page.items).map(({ stored }) => stored.item);
  const shown = select(selection, items);
  return {
    ...(input.Select === "COUNT" ? {} : { Items: shown }),
    Count: shown.length,
    ...restOfPage(source, input, { page, fetched }),
  };
}

/** The same as the JSON of an answer; where items are shown whole, from the bytes of the store. */
export async function encodePage(
  source: Source,
  input: PageInput,
  selection: Selection,
  page: Page,
): Promise<Uint8Array> {
  const whole = !selection.filter && !selection.projection && input.Select !== "COUNT";
  if (!whole || needsTable(source, selection, input.Select)) {
    return utf8(JSON.stringify(await answerPage(source, input, selection, page)));
  }
  const rest = JSON.stringify(restOfPage(source, input, { page, fetched: undefined }));
  const items = page.items.map(({ stored }) => stored);
  return encodeAround(`{"Count":${items.length},"Items":[`, items, `],${rest.slice(1)}`);
}

function restOfPage(source: Source, input: PageInput, read: PageRead) {
  const { page } = read;
  return {
    ScannedCount: page.items.length,
    ...(page.last && { LastEvaluatedKey: lastKeyOf(source, page.last) }),
    ...chargedFor(input, () => chargeOfPage(source, read, input.ConsistentRead)),
  };
}

/**
 * An item that was deleted since its entry was read is shown as its entry. Each is a read of the
 * table of its own, and spends as such.
 */
function fetchItems(
  { table }: Source,
  { items }: Page,
  consistent: boolean | undefined,
): Promise<PageItem[]> {
  const fetch = async ({ key, stored }: PageItem) => {
    const found = (await readItem(table, key)) ?? stored;
    spendOnFetched({ table, key, consistent }, found.size);
    return { key, stored: found };
  };
  return Promise.all(items.map(fetch));
}

interface PageRead {
  readonly page: Page;
  /** Items that were fetched from the table one by one. */
  readonly fetched: readonly PageItem[] | undefined;
}

function chargeOfPage(
  { index }: Source,
  { page, fetched = [] }: PageRead,
  consistent: boolean | undefined,
): Charge {
  const units = readUnits(page.bytes, consistent);
  if (!index) return { table: units, global: {}, local: {} };
  const { name, scope } = index.definition;
  const table = fetched.reduce((sum, { stored }) => sum + readUnits(stored.size, consistent), 0);
  return { table, global: {}, local: {}, [scope]: { [name]: units } };
}
