import { edenGC, heapStats } from "bun:jsc";
import { expect, test } from "bun:test";
import fc from "fast-check";
import { type Listed, Roster, unlisted } from "./roster.ts";

class Guest implements Listed {
  place = unlisted;
}

test("it says who is there as a Set does, whoever comes and goes", () => {
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
        expect(new Set(roster.all())).toEqual(model);
        for (const each of guests) expect(roster.has(each)).toBe(model.has(each));
      }
      for (const guest of guests) roster.delete(guest); // those who are not there too
      expect(roster.size).toBe(0);
    }),
  );
});

test("who is on a roster comes on no other, and not twice", () => {
  const guest = new Guest();
  new Roster<Guest>().add(guest);
  expect(() => new Roster<Guest>().add(guest)).toThrow("on one roster, and once");
});

/** Of its kind there are no objects but those that are counted. */
class Counted extends Map implements Listed {
  place = unlisted;
}

test("nothing of who has left is kept for those who came after", () => {
  const [roster, count, staying] = [new Roster<Counted>(), 50_000, 100];
  Bun.gc(true);
  const mapsBefore = heapStats().objectTypeCounts.Map!;
  for (let number = 1; number <= count; number += 1) {
    roster.add(new Counted());
    if (roster.size > staying) roster.delete(roster.all()[number % staying]!);
    if (number % (count / 10) === 0) edenGC(); // takes what is old for alive
  }
  const kept = heapStats().objectTypeCounts.Map! - mapsBefore;
  expect(kept).toBeGreaterThanOrEqual(staying);
  expect(kept).toBeLessThan(count / 10);
});
