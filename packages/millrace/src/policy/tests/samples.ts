/** Documents and requests made by chance, of few enough letters that they often nearly match. */

import fc from "fast-check";
import type { SlowDocument, SlowRequest, SlowStatement } from "./slow-evaluator.ts";

const arn = "arn:aws:iot:e:1:";
const letters = fc.constantFrom("a", "b", "/", "*", "?", "$", "{", "}", "+", "#", "😀");
const names = fc.string({ unit: letters, maxLength: 5 });

const keys = ["t:one", "t:two", "t:many"];
const numbers = ["1", "1.0", "2", "-1", "10", "a"];
const dates = ["2026-01-01T00:00:00Z", "2026-01-01T01:00:00+01:00", "2026-01-02", "2027"];
const booleans = ["true", "false", "TRUE"];

const variables = fc
  .constantFrom("t:one", "T:Two", "t:many", "t:none", "t:none, 'a*'", "t:one, 'b'", "*", "?", "$")
  .map((inside) => `$\{${inside}}`);
// Without an opening brace: that half a variable is refused is tested elsewhere.
const plain = names.map((text) => text.replaceAll("{", ""));
const patterns = fc
  .array(fc.oneof({ weight: 2, arbitrary: plain }, variables), { maxLength: 4 })
  .map((parts) => parts.join(""));

const actionPatterns = fc.constantFrom("*", "iot:*", "iot:Get*", "iot:?et", "IOT:GET", "iot:Put");
const actions = fc.constantFrom("iot:Get", "iot:Put", "iot:GetIt", "IOT:get");
const resources = fc.oneof(
  fc.constant("*"),
  patterns.map((text) => `${arn}x${text}`),
);

const sets = fc.constantFrom("", "", "", "ForAllValues:", "ForAnyValue:");
const suffixes = fc.constantFrom("", "", "IfExists");

function lineOf(names: readonly string[], values: fc.Arbitrary<string>) {
  return fc
    .tuple(
      sets,
      fc.constantFrom(...names),
      suffixes,
      fc.constantFrom(...keys, "t:none"),
      fc.array(values, { maxLength: 3 }),
    )
    .map(([set, name, suffix, key, list]) => ({ [`${set}${name}${suffix}`]: { [key]: list } }));
}

const texts = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike"];
const caseless = ["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"];
const orders = ["Equals", "NotEquals", "LessThan", "LessThanEquals", "GreaterThan"];
const conditions = fc.oneof(
  { weight: 4, arbitrary: lineOf([...texts, ...caseless], patterns) },
  lineOf(
    [...orders, "GreaterThanEquals"].map((order) => `Numeric${order}`),
    fc.constantFrom(...numbers.slice(0, -1)),
  ),
  lineOf(
    orders.map((order) => `Date${order}`),
    fc.constantFrom(...dates),
  ),
  lineOf(["Bool"], fc.constantFrom("true", "false")),
  fc
    .tuple(fc.constantFrom(...keys, "t:none"), fc.constantFrom("true", "false"))
    .map(([key, value]) => ({ Null: { [key]: [value] } })),
);

const statements: fc.Arbitrary<SlowStatement> = fc
  .record({
    effect: fc.constantFrom("Allow" as const, "Allow" as const, "Deny" as const),
    notAction: fc.boolean(),
    actions: fc.array(actionPatterns, { minLength: 1, maxLength: 3 }),
    notResource: fc.integer({ min: 0, max: 3 }).map((chance) => chance === 0),
    resources: fc.array(resources, { minLength: 1, maxLength: 3 }),
    conditions: fc.array(conditions, { maxLength: 2 }),
  })
  .map((made) => ({
    Effect: made.effect,
    ...(made.notAction ? { NotAction: made.actions } : { Action: made.actions }),
    ...(made.notResource ? { NotResource: made.resources } : { Resource: made.resources }),
    Condition: Object.assign({}, ...made.conditions),
  }));

export const documents: fc.Arbitrary<SlowDocument> = fc
  .record({
    version: fc.constantFrom("2012-10-17", "2012-10-17", "2008-10-17"),
    statements: fc.array(statements, { maxLength: 4 }),
  })
  .map(({ version, statements }) => ({ Version: version, Statement: statements }));

const values = fc.oneof(
  { weight: 3, arbitrary: names },
  fc.constantFrom(...numbers, ...dates, ...booleans),
);

export const requests: fc.Arbitrary<SlowRequest> = fc.record({
  action: actions,
  resource: names.map((text) => `${arn}x${text}`),
  keys: fc.record(
    { "t:one": values, "T:two": values, "t:many": fc.array(values, { maxLength: 3 }) },
    { requiredKeys: [] },
  ),
});

export { names, patterns };
