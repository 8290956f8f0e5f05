import { expect, test } from "bun:test";
import { availableParallelism } from "node:os";
import { ManualClock, silentLogger } from "../../base/mod.ts";
import { type PlaceHolder, Places } from "./places.ts";

const later = { isFirst: false, provisioned: false };
const first = { isFirst: true, provisioned: false };
const provisioned = { isFirst: false, provisioned: true };

function open(processesMax: number) {
  const warnings: string[] = [];
  const logger = { ...silentLogger, warn: (text: string) => void warnings.push(text) };
  const clock = new ManualClock();
  return { places: new Places({ processesMax, clock, logger }), warnings, clock };
}

interface Holder extends PlaceHolder {
  askedCount: number;
  idle: number[];
}

function holder(places: Places, functionName: string, idle: number[] = []): Holder {
  const made: Holder = {
    program: { functionName, version: "$LATEST" },
    waitingCount: 1,
    askedCount: 0,
    idle,
    onPlace: () => {
      made.askedCount += 1;
    },
    idleSinceMs: () => made.idle[0],
    get spareCount() {
      return made.idle.length;
    },
    endLongestIdle: () => void made.idle.shift(),
  };
  places.join(made);
  return made;
}

test("so many processes have a place and no more, but for the first of a version", () => {
  const { places } = open(2);
  const [f, g] = [holder(places, "f"), holder(places, "g")];
  const take = (who: Holder, how: typeof later) => {
    const taken = places.take(who, how);
    if (taken) places.noteStarted();
    return taken;
  };
  expect([take(f, first), take(f, later), take(f, later)]).toEqual([true, true, false]);
  expect(take(g, first)).toBe(true);
  places.free(false);
  expect(f.askedCount).toBe(1);
  expect(take(f, later)).toBe(false); // two are still there
  places.free(false);
  expect(f.askedCount).toBe(2);
  expect(take(f, later)).toBe(true);
});

test("only some start at once, the others when one of them has, but for first ones", () => {
  const { places } = open(1000);
  const [f, g, h] = ["f", "g", "h"].map((name) => holder(places, name)) as [Holder, Holder, Holder];
  const most = 2 * availableParallelism();
  for (let count = 0; count < most; count += 1) expect(places.take(f, later)).toBe(true);
  expect(places.take(f, later)).toBe(false);
  expect(places.take(g, later)).toBe(false);
  g.onPlace = () => {
    expect(places.take(g, later)).toBe(true);
  };
  expect(places.take(h, first)).toBe(true);
  places.noteStarted();
  expect(f.askedCount).toBe(0); // as many start as may
  places.noteStarted();
  expect(f.askedCount).toBe(1); // it came first, and did not want it
  expect(places.take(f, later)).toBe(false); // g has it
});

test("the process that has been idle longest makes room, one for one that is wanted", () => {
  const { places } = open(3);
  const f = holder(places, "f", [20]);
  const g = holder(places, "g", [10, 30]);
  const h = holder(places, "h");
  for (const who of [f, g, g]) {
    places.take(who, later);
    places.noteStarted();
  }
  expect(places.take(h, later)).toBe(false);
  expect(places.take(h, later)).toBe(false); // room is being made
  expect([f.idle, g.idle]).toEqual([[20], [30]]);
  places.free(true);
  expect(h.askedCount).toBe(1);
  expect(places.take(h, later)).toBe(true);
});

test("a process that ends by itself makes nobody else's end", () => {
  const { places } = open(2);
  const f = holder(places, "f", [10, 20]);
  const [g, h] = [holder(places, "g"), holder(places, "h")];
  for (const who of [f, f, g]) {
    places.take(who, who === g ? first : later); // one more than there are places
    places.noteStarted();
  }
  expect(f.idle).toEqual([20]); // one has been asked to leave, for g
  places.free(false); // g's, by itself
  expect(places.take(h, later)).toBe(false);
  expect(f.idle).toEqual([20]); // there will be a place
  places.free(true);
  expect(places.take(h, later)).toBe(true);
});

test("what is to be held ready ends others' idle processes only where that gives it a place", () => {
  const { places } = open(3); // two of them may be provisioned
  const f = holder(places, "f", [10]);
  const g = holder(places, "g");
  for (let count = 0; count < 3; count += 1) {
    places.take(f, later);
    places.noteStarted();
  }
  expect(places.take(g, provisioned)).toBe(false);
  expect(f.idle).toEqual([10]);
  f.idle.push(20);
  expect(places.take(g, provisioned)).toBe(false);
  expect(f.idle).toEqual([20]);
  places.free(true);
  expect(places.take(g, provisioned)).toBe(false);
  expect(f.idle).toEqual([]);
  places.free(true);
  expect(places.take(g, provisioned)).toBe(true);
});

test("provisioned processes leave a tenth to the others", () => {
  const { places } = open(11);
  const f = holder(places, "f");
  const takenBy = (how: typeof later) => {
    const taken = places.take(f, how);
    if (taken) places.noteStarted();
    return taken;
  };
  for (let count = 0; count < 9; count += 1) expect(takenBy(provisioned)).toBe(true);
  expect(takenBy(provisioned)).toBe(false);
  expect(takenBy(later)).toBe(true);
});

test("that calls wait is told, once in a minute", () => {
  const { places, warnings, clock } = open(1);
  const f = holder(places, "f");
  places.take(f, first);
  places.noteStarted();
  places.take(f, later);
  places.take(f, later);
  expect(warnings).toEqual(["calls wait, as many processes run as may: --processes"]);
  clock.advance(60_000);
  places.take(f, later);
  expect(warnings.length).toBe(2);
});

test("who waits and leaves is not asked any more", () => {
  const { places } = open(1);
  const f = holder(places, "f");
  places.take(f, first);
  places.noteStarted();
  places.take(f, later);
  places.leave(f);
  places.free(false);
  expect(f.askedCount).toBe(0);
});

test("those in line whose starts fail at once call each other, and the line ends", () => {
  const { places } = open(2);
  const holders = ["f", "g", "h"].map((name) => holder(places, name));
  for (const who of holders) {
    who.onPlace = () => {
      who.askedCount += 1;
      if (!places.take(who, later)) return;
      places.noteStarted();
      places.free(false);
    };
  }
  const [f] = holders;
  places.take(f!, later);
  places.take(f!, later);
  for (const who of holders) expect(places.take(who, later)).toBe(false);
  places.noteStarted();
  places.free(false);
  expect(holders.every(({ askedCount }) => askedCount > 0)).toBe(true);
});
