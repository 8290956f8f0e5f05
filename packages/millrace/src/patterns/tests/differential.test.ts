/** Patterns and events at random: what is compiled agrees with the slow model. */

import { expect, test } from "bun:test";
import fc from "fast-check";
import { compilePattern, compilePatternText, eventOf } from "../mod.ts";
import { modelMatches } from "./model.ts";

// Few names and values, so that patterns and events meet often.
const name = fc.constantFrom("a", "b", "c");
const word = fc.constantFrom("", "x", "X", "xyx", "10.0.0.7", "*");
const number = fc.constantFrom(0, 1, -3);
const scalar = fc.oneof(word, number, fc.boolean(), fc.constant(null));

const event = fc.letrec((tie) => ({
  value: fc.oneof({ maxDepth: 4 }, scalar, tie("list"), tie("map")),
  list: fc.array(tie("value"), { maxLength: 4 }),
  map: fc.dictionary(name, tie("value"), { minKeys: 2, maxKeys: 3 }),
})).map;

const glob = fc.constantFrom("*", "x*", "*y", "x*x", "\\*", "*\\*", "xy*x");
const filled = word.filter((text) => text !== "");
const folded = word.map((text) => ({ "equals-ignore-case": text }));
const listed = <T>(one: fc.Arbitrary<T>) =>
  fc.oneof(one, fc.array(one, { minLength: 1, maxLength: 2 }));
const anythingBut = fc.oneof(
  listed(word),
  listed(number),
  fc.record({ prefix: listed(filled) }),
  fc.record({ suffix: listed(filled) }),
  fc.record({ "equals-ignore-case": listed(word) }),
  fc.record({ wildcard: listed(glob) }),
);
const numeric = fc.oneof(
  fc.tuple(fc.constantFrom("<", "<=", "=", ">=", ">"), number),
  fc
    .tuple(fc.constantFrom(">", ">="), number, fc.constantFrom("<", "<="), number)
    .filter(([, low, , high]) => low < high),
);
const matcher = fc.oneof(
  { arbitrary: scalar, weight: 4 },
  fc.record({ prefix: fc.oneof(word, folded) }),
  fc.record({ suffix: fc.oneof(word, folded) }),
  folded,
  fc.record({ wildcard: glob }),
  fc.record({ "anything-but": anythingBut }),
  fc.record({ numeric }),
  fc.record({ cidr: fc.constantFrom("10.0.0.0/16", "10.0.0.0/8", "2001:db8::/32") }),
  fc.record({ exists: fc.boolean() }),
);

const fields = (maxKeys: number, field: fc.Arbitrary<unknown>) =>
  fc.dictionary(name, field, { minKeys: 1, maxKeys });

const pattern = fc.letrec<{ map: Record<string, unknown>; field: unknown }>((tie) => ({
  field: fc.oneof(
    { maxDepth: 3 },
    { arbitrary: fc.array(matcher, { minLength: 1, maxLength: 4 }), weight: 6 },
    { arbitrary: tie("map"), weight: 1 },
  ),
  map: fc
    .tuple(
      fc.oneof(fields(1, tie("field")), fields(2, tie("field"))),
      fc.option(fc.array(tie("map"), { minLength: 2, maxLength: 2 }), {
        nil: undefined,
        maxDepth: 2,
      }),
    )
    .map(([fields, or]) => (or ? { ...fields, $or: or } : fields)),
})).map;

test("a compiled pattern matches what the model matches", () => {
  const seen = { matched: 0, not: 0 };
  fc.assert(
    fc.property(pattern, event, (wanted, happened) => {
      const result = compilePattern(wanted);
      if (!result.ok) return; // more than a thousand combinations
      const [document, value] = [eventOf(wanted), eventOf(happened)];
      const matches = result.pattern.matches(value);
      seen[matches ? "matched" : "not"] += 1;
      expect(matches).toBe(modelMatches(document, value));
    }),
    { numRuns: 3_000 },
  );
  expect(Math.min(seen.matched, seen.not)).toBeGreaterThan(60);
});

test("no text is a pattern that throws", () => {
  const text = fc.oneof(
    fc.string(),
    fc.json(),
    pattern.map((one) => JSON.stringify(one)),
  );
  fc.assert(
    fc.property(text, (given) => {
      const result = compilePatternText(given);
      if (!result.ok) expect(result.problems[0]!.line).toBeGreaterThan(0);
    }),
  );
});
