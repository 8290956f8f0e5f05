/** Random attribute values, items and paths for property tests. */

import fc from "fast-check";
import type { AttributeValue, Item } from "./mod.ts";

/** Few and short, so that random expressions meet what random items hold. */
export const attributeNames = ["a", "b", "c"] as const;

const texts = fc.constantFrom("", "a", "ab", "b", "ä", "\u{1f600}");
const numbers = fc.constantFrom("0", "1", "-1", "1.5", "10", "9", "123456789012345678901234");
const binaries = fc.constantFrom("", "AA==", "AAE=", "/w==");

const set = (members: fc.Arbitrary<string>) =>
  fc.uniqueArray(members, { minLength: 1, maxLength: 3 });

export const scalars: fc.Arbitrary<AttributeValue> = fc.oneof(
  texts.map((S) => ({ S })),
  numbers.map((N) => ({ N })),
  binaries.map((B) => ({ B })),
  fc.boolean().map((BOOL) => ({ BOOL })),
  fc.constant({ NULL: true as const }),
);

export const values: fc.Arbitrary<AttributeValue> = fc.letrec<{ value: AttributeValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 2, depthSize: "small" },
    scalars,
    set(texts).map((SS) => ({ SS })),
    set(numbers).map((NS) => ({ NS })),
    set(binaries).map((BS) => ({ BS })),
    fc.array(tie("value"), { maxLength: 3 }).map((L) => ({ L })),
    fc
      .dictionary(fc.constantFrom(...attributeNames), tie("value"), { maxKeys: 3 })
      .map((M) => ({ M })),
  ),
})).value;

export const items: fc.Arbitrary<Item> = fc.dictionary(fc.constantFrom(...attributeNames), values, {
  maxKeys: 3,
  noNullPrototype: true,
});

export const paths: fc.Arbitrary<(string | number)[]> = fc
  .tuple(
    fc.constantFrom(...attributeNames),
    fc.array(fc.oneof(fc.constantFrom(...attributeNames), fc.nat(3)), { maxLength: 2 }),
  )
  .map(([first, rest]) => [first, ...rest]);

export function writePath(path: readonly (string | number)[]): string {
  return path
    .map((step, at) => (typeof step === "number" ? `[${step}]` : at === 0 ? step : `.${step}`))
    .join("");
}
