import { expect, test } from "bun:test";
import fc from "fast-check";
import { ManualClock } from "./clock.ts";
import { LastingTimer } from "./lasting-timer.ts";

const ms = 100;
const step = fc.record({
  after: fc.nat(150),
  does: fc.constantFrom("begin", "end", "cancel"),
} as const);

test("a lasting timer ends when one that is set and cancelled each time would", () => {
  fc.assert(
    fc.property(fc.array(step), (steps) => {
      const clock = new ManualClock();
      const ends: number[] = [];
      const expected: number[] = [];
      const timer = new LastingTimer({ clock, ms }, () => ends.push(clock.monotonic()));
      let set = clock.after(0, () => {});
      for (const { after, does } of [...steps, { after: 1000, does: "cancel" } as const]) {
        clock.advance(after);
        timer[does]();
        set.cancel();
        if (does === "begin") set = clock.after(ms, () => expected.push(clock.monotonic()));
      }
      expect(ends).toEqual(expected);
    }),
  );
});

test("a lasting timer may be begun again where it ends", () => {
  const clock = new ManualClock();
  const ends: number[] = [];
  const timer = new LastingTimer({ clock, ms }, () => {
    ends.push(clock.monotonic());
    if (ends.length < 3) timer.begin();
  });
  timer.begin();
  clock.advance(1000);
  expect(ends).toEqual([100, 200, 300]);
});

test("what is begun often has one timer of the clock", () => {
  let set = 0;
  const clock = new ManualClock();
  const counting = {
    now: () => clock.now(),
    monotonic: () => clock.monotonic(),
    after(delayMs: number, callback: () => void) {
      set += 1;
      return clock.after(delayMs, callback);
    },
  };
  const timer = new LastingTimer({ clock: counting, ms }, () => {});
  for (let call = 0; call < 90; call += 1) {
    timer.begin();
    clock.advance(1);
    timer.end();
  }
  expect(set).toBe(1);
});
