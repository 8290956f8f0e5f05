import { expect, test } from "bun:test";
import fc from "fast-check";
import { parseStatement } from "./parser.ts";

const words = fc.constantFrom(
  ..."SELECT * FROM songs WHERE a = 1 AND OR NOT ( ) [ ] { } << >> , . 'x' \"y\" ? : - IS".split(
    " ",
  ),
  ..."MISSING NULL IN BETWEEN INSERT INTO VALUE UPDATE SET REMOVE DELETE RETURNING ALL".split(" "),
  ..."OLD NEW size begins_with EXISTS ORDER BY DESC ; <> 99999999999999999999 1e999".split(" "),
);

test("random statements are refused with a message, never thrown at", () => {
  fc.assert(
    fc.property(fc.array(words, { maxLength: 20 }), (some) => {
      const outcome = parseStatement(some.join(" "), []);
      if (!outcome.ok) expect(outcome.message).not.toBe("");
    }),
    { numRuns: 3000 },
  );
});

test.each(["(", "NOT ", "a = [", "a = {'x': ", "begins_with(size("])(
  "nesting of %p without end is refused, not followed",
  (opening) => {
    const outcome = parseStatement(`SELECT * FROM t WHERE ${opening.repeat(2000)}`, []);
    expect(outcome.ok).toBe(false);
  },
);
