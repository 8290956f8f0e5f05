/** Cron expressions at random: the next minute is the first that a slow model lets through. */

import { expect, test } from "bun:test";
import fc from "fast-check";
import { readSchedule } from "../mod.ts";

/** One part of a field: text, and what it means. */
type Part = readonly [text: string, holds: (value: number) => boolean];

function parts(min: number, max: number): fc.Arbitrary<Part> {
  const value = fc.integer({ min, max });
  return fc.oneof(
    fc.constant<Part>(["*", () => true]),
    value.map<Part>((wanted) => [`${wanted}`, (one) => one === wanted]),
    fc
      .tuple(value, value)
      .filter(([from, to]) => from <= to)
      .map<Part>(([from, to]) => [`${from}-${to}`, (one) => one >= from && one <= to]),
    fc
      .tuple(value, fc.integer({ min: 1, max: 20 }))
      .map<Part>(([from, step]) => [
        `${from}/${step}`,
        (one) => one >= from && (one - from) % step === 0,
      ]),
  );
}

function field(min: number, max: number): fc.Arbitrary<Part> {
  return fc
    .array(parts(min, max), { minLength: 1, maxLength: 2 })
    .map<Part>((all) => [
      all.map(([text]) => text).join(","),
      (value) => all.some(([, holds]) => holds(value)),
    ]);
}

const noSteps = (one: fc.Arbitrary<Part>) => one.filter(([text]) => !text.includes("/"));
const days = fc.oneof(
  field(1, 31).map(([text, holds]) => ({
    text: `${text} X ?`,
    isDay: (at: Date) => holds(at.getUTCDate()),
  })),
  noSteps(field(1, 7)).map(([text, holds]) => ({
    text: `? X ${text}`,
    isDay: (at: Date) => holds(at.getUTCDay() + 1),
  })),
);

const daysAhead = 45;

test("the next minute is the first that all fields allow", () => {
  const from = fc.integer({ min: Date.UTC(2024, 0), max: Date.UTC(2030, 0) });
  const seen = { found: 0 };
  const given = fc.tuple(field(0, 59), field(0, 23), days, field(1, 12), from);
  fc.assert(
    fc.property(given, ([minute, hour, day, month, afterMs]) => {
      const text = `cron(${minute[0]} ${hour[0]} ${day.text.replace("X", month[0])} *)`;
      const read = readSchedule(text);
      if (!read.ok) throw new Error(`${text}: ${read.message}`);
      const endMs = afterMs + daysAhead * 86_400_000;
      let expected: number | undefined;
      for (let ms = Math.floor(afterMs / 60_000 + 1) * 60_000; ms < endMs; ms += 60_000) {
        const at = new Date(ms);
        const isDay = day.isDay(at) && month[1](at.getUTCMonth() + 1);
        if (!isDay || !hour[1](at.getUTCHours()) || !minute[1](at.getUTCMinutes())) continue;
        expected = ms;
        break;
      }
      const next = read.schedule.next(afterMs, 0);
      seen.found += expected === undefined ? 0 : 1;
      if (expected === undefined) expect(next ?? endMs).toBeGreaterThanOrEqual(endMs);
      else expect(next).toBe(expected);
    }),
    { numRuns: 200 },
  );
  expect(seen.found).toBeGreaterThan(50);
});
