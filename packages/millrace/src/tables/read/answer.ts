/** The answer to a Query or Scan: the page as it is shown, where to go on, what it cost. */

import type { Item } from "../../expressions/mod.ts";
import type { ScanInput } from "../request/item-shapes.ts";
import { type Charge, readUnits } from "../store/capacity.ts";
import { itemSize } from "../store/item-size.ts";
import { readItem } from "../store/item-store.ts";
import type { Page, Source } from "../store/page.ts";
import { type Charged, chargedFor } from "../write/answer.ts";
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

export async function answerPage(
  source: Source,
  input: PageInput,
  selection: Selection,
  page: Page,
): Promise<PageOutput> {
  const fetched = needsTable(source, selection, input.Select)
    ? await fetchItems(source, page)
    : undefined;
  const items = fetched ?? page.items.map(({ item }) => item);
  const shown = select(selection, items);
  return {
    ...(input.Select === "COUNT" ? {} : { Items: shown }),
    Count: shown.length,
    ScannedCount: page.items.length,
    ...(page.last && { LastEvaluatedKey: lastKeyOf(source, page.last) }),
    ...chargedFor(input, () => chargeOfPage(source, { page, fetched }, input.ConsistentRead)),
  };
}

/** An item that was deleted since its entry was read is shown as its entry. */
function fetchItems({ table }: Source, { items }: Page): Promise<Item[]> {
  return Promise.all(items.map(async ({ key, item }) => (await readItem(table, key)) ?? item));
}

interface PageRead {
  readonly page: Page;
  /** Items that were fetched from the table one by one. */
  readonly fetched: readonly Item[] | undefined;
}

function chargeOfPage(
  { index }: Source,
  { page, fetched = [] }: PageRead,
  consistent: boolean | undefined,
): Charge {
  const units = readUnits(page.bytes, consistent);
  if (!index) return { table: units, global: {}, local: {} };
  const { name, scope } = index.definition;
  const table = fetched.reduce((sum, item) => sum + readUnits(itemSize(item), consistent), 0);
  return { table, global: {}, local: {}, [scope]: { [name]: units } };
}
