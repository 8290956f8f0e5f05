import { expect, test } from "bun:test";
import { answerPage, isLaterVersion, type Listed } from "./page.ts";

/** The keys of all pages; what is told with a page is gone before the next is asked for. */
function walk(keys: string[], isBehind?: Listed<string>["isBehind"]): string[] {
  const items = [...keys];
  const seen: string[] = [];
  for (let marker: string | undefined; ; ) {
    const query = new URLSearchParams({ MaxItems: "2", ...(marker && { Marker: marker }) });
    const listed = { member: "Items", items, keyOf: (key: string) => key, tell: String };
    const answer = answerPage(query, { ...listed, ...(isBehind && { isBehind }) });
    const { Items, NextMarker } = (answer as { body: { Items: string[]; NextMarker?: string } })
      .body;
    seen.push(...Items);
    for (const key of Items) items.splice(items.indexOf(key), 1);
    if (NextMarker === undefined) return seen;
    marker = NextMarker;
  }
}

test("a list goes on behind a marker whose item is gone", () => {
  expect(walk(["a", "b", "c", "d", "e"])).toEqual(["a", "b", "c", "d", "e"]);
  const versions = ["$LATEST", "1", "2", "9", "10", "11"];
  expect(walk(versions, isLaterVersion)).toEqual(versions);
});
