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
