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

test("what is finished in the moment a position has been written is written too", async () => {
  const written = Promise.withResolvers<void>();
  const kept: (string | undefined)[] = [];
  const keep = ({ after }: Position) => {
    kept.push(after);
    return written.promise;
  };
  const progress = new Progress({ from: {}, keep, logger: silentLogger });
  const [first, second] = [progress.add("1", 0), progress.add("2", 0)];
  progress.finish([first]);
  void written.promise.then(() => progress.finish([second]));
  written.resolve();
  await turn();
  await progress.settled();
  expect(kept).toEqual(["1", "2"]);
});

test("after a position could not be written, the next is", async () => {
  const kept: (string | undefined)[] = [];
  const keep = async ({ after }: Position) => {
    if (kept.push(after) === 1) throw new Error("full");
  };
  const progress = new Progress({ from: {}, keep, logger: silentLogger });
  progress.finish([progress.add("1", 0)]);
  await progress.settled();
  progress.finish([progress.add("2", 0)]);
  await progress.settled();
  expect(kept).toEqual(["1", "2"]);
});
