import { expect, test } from "bun:test";
import { silentLogger } from "../../base/mod.ts";
import { type Position, Progress } from "../progress.ts";
import { turn } from "./trigger-fixture.ts";

test("a position says which records are passed over until newer ones are finished", async () => {
  const kept: Position[] = [];
  const keep = async (position: Position) => void kept.push(position);
  const progress = new Progress({ from: { sinceMs: 5500 }, keep, logger: silentLogger });
  progress.skip("1", 1000);
  await turn();
  progress.finish([progress.add("2", 5000)]);
  await turn();
  progress.finish([progress.add("3", 6000)]);
  await turn();
  expect(kept).toEqual([
    { after: "1", sinceMs: 5500 },
    { after: "2", sinceMs: 5500 },
    { after: "3" },
  ]);
});
