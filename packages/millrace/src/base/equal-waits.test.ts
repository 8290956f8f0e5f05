import { edenGC, heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import { ManualClock } from "./clock.ts";
import { EqualWaits } from "./equal-waits.ts";

function scene() {
  const clock = new ManualClock();
  const waits = new EqualWaits({ clock, ms: 100 });
  const over: string[] = [];
  const begin = (name: string) => waits.begin(() => over.push(name));
  return { clock, over, begin };
}

test("each is over after its own time, in turn", () => {
  const { clock, over, begin } = scene();
  begin("a");
  clock.advance(40);
  begin("b");
  clock.advance(59);
  expect(over).toEqual([]);
  clock.advance(1);
  expect(over).toEqual(["a"]);
  clock.advance(39);
  expect(over).toEqual(["a"]);
  clock.advance(1);
  expect(over).toEqual(["a", "b"]);
});

test.each(["a", "b", "c"])("of three, %s is ended and the others are not", (ended) => {
  const { clock, over, begin } = scene();
  const ends = new Map(["a", "b", "c"].map((name) => [name, begin(name)]));
  expect(ends.get(ended)!()).toBe(true);
  expect(ends.get(ended)!()).toBe(false);
  clock.advance(100);
  expect(over).toEqual(["a", "b", "c"].filter((name) => name !== ended));
});

test("one that begins when all others have ended has its whole time", () => {
  const { clock, over, begin } = scene();
  begin("a")();
  clock.advance(99);
  begin("b");
  clock.advance(99);
  expect(over).toEqual([]);
  clock.advance(1);
  expect(over).toEqual(["b"]);
});

test("one that is begun while another is over, and one that is ended then", () => {
  const clock = new ManualClock();
  const waits = new EqualWaits({ clock, ms: 100 });
  const over: string[] = [];
  waits.begin(() => {
    over.push("a");
    waits.begin(() => over.push("c"));
    endB();
  });
  const endB = waits.begin(() => over.push("b"));
  clock.advance(100);
  expect(over).toEqual(["a"]);
  clock.advance(100);
  expect(over).toEqual(["a", "c"]);
});

test("nothing of what is over is kept for what came after", () => {
  const [count, staying] = [50_000, 100];
  const waits = new EqualWaits({ clock: new ManualClock(), ms: 100 });
  const ends: (() => boolean)[] = [];
  Bun.gc(true);
  const mapsBefore = heapStats().objectTypeCounts.Map!;
  for (let number = 1; number <= count; number += 1) {
    const held = new Map(); // of its kind there are no others
    ends.push(waits.begin(() => held.clear()));
    if (ends.length > staying) ends.shift()!();
    if (number % (count / 10) === 0) edenGC(); // takes what is old for alive
  }
  expect(heapStats().objectTypeCounts.Map! - mapsBefore).toBeLessThan(count / 10);
});
