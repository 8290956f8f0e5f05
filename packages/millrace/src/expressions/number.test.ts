import { expect, test } from "bun:test";
import fc from "fast-check";
import { attempt } from "./errors.ts";
import {
  addNumbers,
  compareNumbers,
  normalizeNumber,
  numberParts,
  subtractNumbers,
} from "./number.ts";

test.each([
  ["1.0", "1"],
  ["0042.1200", "42.12"],
  ["-0", "0"],
  ["+5", "5"],
  [".5", "0.5"],
  ["5.", "5"],
  ["1E3", "1000"],
  ["1e-130", `0.${"0".repeat(129)}1`],
  ["0e999", "0"],
  ["9.9999999999999999999999999999999999999E125", `${"9".repeat(38)}${"0".repeat(88)}`],
])("%s is stored as %s", (text, normal) => {
  expect(normalizeNumber(text)).toBe(normal);
});

const notNumeric = "The parameter cannot be converted to a numeric value: ";
const overflow =
  "Number overflow. Attempting to store a number with magnitude larger than supported range";
const underflow =
  "Number underflow. Attempting to store a number with magnitude smaller than supported range";

test.each([
  ["abc", `${notNumeric}abc`],
  ["", "The parameter cannot be converted to a numeric value"],
  [" 1", `${notNumeric} 1`],
  ["0x10", `${notNumeric}0x10`],
  ["1e", `${notNumeric}1e`],
  ["NaN", `${notNumeric}NaN`],
  ["Infinity", `${notNumeric}Infinity`],
  ["1e126", overflow],
  ["-1e99999999999", overflow],
  ["1e9999999999999999", overflow],
  ["1e-131", underflow],
  ["1e-99999999999999999999", underflow],
  ["1".repeat(39), "Attempting to store more than 38 significant digits in a Number"],
])("%s is refused", (text, message) => {
  expect(attempt(() => normalizeNumber(text))).toEqual({ ok: false, message });
});

test("a long text that is nearly a number does not hold the server up", () => {
  const long = `${"1".repeat(300_000)}x`;
  expect(attempt(() => normalizeNumber(long))).toEqual({ ok: false, message: notNumeric + long });
});

/** Integers times a power of ten: BigInt can do all of them exactly. */
const scaled = fc.tuple(fc.bigInt({ min: -(10n ** 18n), max: 10n ** 18n }), fc.nat(10));
const text = ([coefficient, shift]: readonly [bigint, number]) =>
  normalizeNumber(`${coefficient}e-${shift}`);
const whole = ([coefficient, shift]: readonly [bigint, number]) =>
  coefficient * 10n ** BigInt(10 - shift);

test("sums and order agree with integers of any size", () => {
  fc.assert(
    fc.property(scaled, scaled, (left, right) => {
      const [one, two] = [text(left), text(right)];
      expect(addNumbers(one, two)).toBe(text([whole(left) + whole(right), 10]));
      expect(subtractNumbers(one, two)).toBe(text([whole(left) - whole(right), 10]));
      const difference = whole(left) - whole(right);
      expect(Math.sign(compareNumbers(one, two))).toBe(
        difference < 0n ? -1 : difference > 0n ? 1 : 0,
      );
    }),
  );
});

test("a sum that needs a 39th digit is refused, not rounded", () => {
  expect(
    attempt(() => addNumbers("1e20".replace("e20", "0".repeat(20)), "0.0000000000000000001")).ok,
  ).toBe(false);
});

test("the parts of a number make the number", () => {
  fc.assert(
    fc.property(scaled, (sample) => {
      const normal = text(sample);
      const { negative, digits, exponent } = numberParts(normal);
      const rebuilt = `${negative ? "-" : ""}${digits || "0"}e${exponent - Math.max(0, digits.length - 1)}`;
      expect(normalizeNumber(rebuilt)).toBe(normal);
    }),
  );
});
