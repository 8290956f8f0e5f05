import { edenGC, heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Listed, Roster } from "./roster.ts";

class Guest implements Listed<Guest> {
  older: Guest | undefined;
  younger: Guest | undefined;
}

test("it says who is there, and since when, as a Set does, whoever comes and goes", () => {
  const guests = Array.from({ length: 8 }, () => new Guest());
  const steps = fc.array(fc.nat({ max: guests.length - 1 }), { maxLength: 60 });
  fc.assert(
    fc.property(steps, (numbers) => {
      const [roster, model] = [new Roster<Guest>(), new Set<Guest>()];
      for (const guest of numbers.map((number) => guests[number]!)) {
        const one = model.has(guest) ? "delete" : "add";
        roster[one](guest);
        model[one](guest);
        expect(roster.size).toBe(model.size);
        const all = [...roster];
        expect(roster.oldest === all[0]).toBe(true);
        expect(all.length).toBe(model.size);
        expect([...model].every((each, at) => each === all[at])).toBe(true);
        for (const each of guests) expect(roster.has(each)).toBe(model.has(each));
      }
      for (const guest of guests) roster.delete(guest); // those who are not there too
      expect(roster.size).toBe(0);
    }),
  );
});

test("who is there does not come again", () => {
  const roster = new Roster<Guest>();
  const guests = [new Guest(), new Guest()];
  for (const guest of guests) roster.add(guest);
  for (const guest of guests) expect(() => roster.add(guest)).toThrow("comes once");
});

test("all are looked at, though each leaves as it is", () => {
  const roster = new Roster<Guest>();
  for (let count = 0; count < 3; count += 1) roster.add(new Guest());
  let seen = 0;
  for (const guest of roster) {
    roster.delete(guest);
    seen += 1;
  }
  expect([seen, roster.size]).toEqual([3, 0]);
});

/** Of its kind there are no objects but those that are counted. */
class Counted extends Map implements Listed<Counted> {
  older: Counted | undefined;
  younger: Counted | undefined;
}

test("nothing of who has left is kept for those who came after", () => {
  const [roster, count, staying] = [new Roster<Counted>(), 50_000, 100];
  Bun.gc(true);
  const mapsBefore = heapStats().objectTypeCounts.Map!;
  for (let number = 1; number <= count; number += 1) {
    roster.add(new Counted());
    const [oldest] = roster;
    if (roster.size > staying) roster.delete(oldest!);
    if (number % (count / 10) === 0) edenGC(); // takes what is old for alive
  }
  const kept = heapStats().objectTypeCounts.Map! - mapsBefore;
  expect(kept).toBeGreaterThanOrEqual(staying);
  expect(kept).toBeLessThan(count / 10);
});
