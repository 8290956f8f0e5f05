import { expect, test } from "bun:test";
import fc from "fast-check";
import { compareBytes } from "../../base/mod.ts";
import { type AttributeValue, type KeyComparison, normalizeNumber } from "../../expressions/mod.ts";
import { keyBytesMax } from "../../storage/mod.ts";
import { after, itemKey, keyPartBytes, keyRange } from "./key-bytes.ts";

/** Numbers with an exact order of their own: an integer times a power of ten. */
const numbers = fc.tuple(
  fc.bigInt({ min: -99_999n, max: 99_999n }),
  fc.integer({ min: -100, max: 100 }),
);
const numberValue = ([coefficient, exponent]: readonly [bigint, number]) => ({
  N: normalizeNumber(`${coefficient}e${exponent}`),
});
const exact = ([coefficient, exponent]: readonly [bigint, number]) =>
  coefficient * 10n ** BigInt(exponent + 100);

test("number keys sort by value, whatever their size", () => {
  fc.assert(
    fc.property(numbers, numbers, (left, right) => {
      const order = compareBytes(keyPartBytes(numberValue(left)), keyPartBytes(numberValue(right)));
      const [one, two] = [exact(left), exact(right)];
      expect(Math.sign(order)).toBe(one < two ? -1 : one > two ? 1 : 0);
    }),
    { numRuns: 2000 },
  );
});

test("the corners of the number range are in order", () => {
  const negative = ["-1e125", "-10", "-2", "-1.5", "-1.05", "-1", "-1e-130"];
  const positive = ["1e-130", "1", "1.05", "1.5", "2", "10", "1e125"];
  const texts = [...negative, "0", ...positive];
  const keys = texts.map((text) => keyPartBytes({ N: normalizeNumber(text) }));
  expect(keys).toEqual([...keys].sort(compareBytes));
});

const partitions = fc.oneof(
  fc.string({ unit: "binary" }).map((S) => ({ S })),
  fc
    .constantFrom("a".repeat(899), "a".repeat(900), "a".repeat(901), "b".repeat(2048))
    .map((S) => ({ S })),
);
const sorts = fc
  .uint8Array({ maxLength: 6 })
  .map((bytes) => ({ B: Buffer.from(bytes).toString("base64") }));

test("no key of one partition lies in the range of another", () => {
  fc.assert(
    fc.property(partitions, partitions, sorts, (one, two, sort) => {
      const key = itemKey(two, sort);
      const { from, to } = keyRange({ partition: one });
      const inside = compareBytes(key, from) >= 0 && compareBytes(key, to) < 0;
      expect(inside).toBe(one.S === two.S);
    }),
  );
});

test("the range of a comparison holds exactly the keys that meet it", () => {
  const operators = fc.constantFrom("=", "<", "<=", ">", ">=", "begins_with", "between");
  fc.assert(
    fc.property(operators, sorts, sorts, sorts, (operator, bound, upper, sort) => {
      const comparison = (
        operator === "between" ? { operator, lower: bound, upper } : { operator, value: bound }
      ) as KeyComparison;
      const { from, to } = keyRange({ partition: { S: "p" }, sort: comparison });
      const key = itemKey({ S: "p" }, sort);
      const inside = compareBytes(key, from) >= 0 && compareBytes(key, to) < 0;
      expect(inside).toBe(meets(operator, sort, bound, upper));
    }),
    { numRuns: 2000 },
  );
});

function meets(operator: string, sort: { B: string }, bound: { B: string }, upper: { B: string }) {
  const [value, lower, high] = [sort, bound, upper].map(({ B }) => Buffer.from(B, "base64"));
  const order = value!.compare(lower!);
  const answers: Record<string, boolean> = {
    "=": order === 0,
    "<": order < 0,
    "<=": order <= 0,
    ">": order > 0,
    ">=": order >= 0,
    begins_with: value!.subarray(0, lower!.length).equals(lower!),
    between: order >= 0 && value!.compare(high!) <= 0,
  };
  return answers[operator]!;
}

test("the longest key fits the store, its entry in the expiry index too", () => {
  const longest: AttributeValue = { S: "k".repeat(1024) };
  for (const length of [900, 2048]) {
    const key = itemKey({ S: "p".repeat(length) }, longest);
    expect(after(key).length + 8).toBeLessThanOrEqual(keyBytesMax);
  }
});
