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

test.each([
  ["SELECT date FROM songs", "Unexpected keyword"],
  ["SELECT * FROM user", "Unexpected keyword"],
  ["SELECT * FROM songs WHERE key = 'a'", "Unexpected keyword"],
  ["SELECT details.size FROM songs", "Invalid path dot component"],
  ["SELECT * FROM songs.index", "Invalid path dot component"],
  ["SELECT a WHERE b = 1", "Expected FROM after SELECT list"],
  ["SELECT desc FROM songs", "Unexpected term"],
  ["SELECT FROM songs", "Expected data manipulation"],
  ["SELECT * FROM songs WHERE = 1", "Unexpected operator"],
  ["SELECT * FROM songs WHERE a =", "Missing right-hand side expression of infix operator"],
  ["SELECT * FROM songs WHERE a = 1 AND", "Missing right-hand side expression of infix operator"],
  ["SELECT * FROM songs WHERE a = 1 OR", "Missing right-hand side expression of infix operator"],
  ["SELECT * FROM songs WHERE a IN", "Missing right-hand side expression of infix operator"],
  ["SELECT * FROM songs WHERE a BETWEEN 1 OR 2", "Expected AND keyword"],
  ["SELECT * FROM songs WHERE a BETWEEN 1 AND", "Expected expression after AND"],
  ["SELECT * FROM songs WHERE a IS 5", "Expected type name"],
  ["SELECT * FROM songs WHERE a IS NOT string", "IS STRING is not implemented"],
  ["SELECT * FROM songs WHERE (a = 1", "Expected RIGHT_PAREN"],
  ["SELECT * FROM songs WHERE a = [1", "Expected RIGHT_BRACKET"],
  ["SELECT * FROM songs WHERE a = <<1", "Expected RIGHT_DOUBLE_ANGLE_BRACKET"],
  ["SELECT * FROM songs ORDER a", "Expected BY"],
  ["SELECT * FROM songs WHERE a = 1 b", "Unexpected token after expression"],
  ["DELETE FROM songs; DELETE", "Unexpected token after semicolon. (Only one query is allowed.)"],
  ["DELETE songs", "Expected FROM after DELETE"],
  ["DELETE FROM user", "Expected identifier for simple path"],
  [
    "DELETE FROM songs WHERE a = 1 RETURNING a",
    "Expected ( MODIFIED | ALL ) ( NEW | OLD ) in each returning element.",
  ],
  ["UPDATE user SET a = 1", "Expected identifier for simple path"],
  ["UPDATE songs SET", "Expected identifier for simple path"],
  ["UPDATE songs SET date = 1", "Expected identifier for simple path"],
  ["UPDATE songs SET a 1", "Expected '='"],
  ["UPDATE songs SET a = a +", "Missing right-hand side expression of infix operator"],
  // [ql-reference.update: "The supported operations to use with SET"]
  ["UPDATE songs SET a = if_not_exists(a, 0) + 1", "SET has no operation if_not_exists"],
  ["UPDATE songs SET a = 1 - size(b)", "SET has no operation size"],
  ["UPDATE songs SET a = set_add(b, <<'x'>>)", "set_add takes the set that is set"],
  ["UPDATE songs SET a.b = set_delete(a, <<'x'>>)", "set_delete takes the set that is set"],
  ["UPDATE songs SET a = set_add(5, <<'x'>>)", "set_add takes the set that is set"],
  ["UPDATE songs SET a = set_add(a, <<'x'>>, <<'y'>>)", "Unexpected term"],
  ["UPDATE songs SET a[1.5] = 1", "Unexpected term"],
  ["SELECT a[1e2] FROM songs", "Unexpected term"],
  ["UPDATE songs REMOVE 1", "Expected identifier for simple path"],
  ["INSERT songs VALUE {'a': 1}", "Unexpected keyword"],
  ["INSERT INTO user VALUE {'a': 1}", "Expected identifier for simple path"],
  ["INSERT INTO songs (key, a) VALUES (1, 2)", "Unexpected keyword"],
  ["INSERT INTO songs (a, b) VALUES (1, 2)", "Unexpected token after expression"],
  ["INSERT INTO songs VALUE {'a' 1}", "Expected COLON"],
  ["INSERT INTO songs VALUE {'a': 1", "Expected RIGHT_CURLY"],
  // Which of the two would be kept no document says.
  ["INSERT INTO songs VALUE {'a': 1, 'b': 2, \"a\": 3}", "Duplicate field name: a"],
  ["INSERT INTO songs VALUE {'a': {'b': 1, 'b': 1}}", "Duplicate field name: b"],
])("%s is refused: %s", (statement, detail) => {
  expect(parseStatement(statement, [])).toMatchObject({
    ok: false,
    message: `Statement wasn't well formed, can't be processed: ${detail}`,
  });
});

test.each(["<<'a', 'b', 'a'>>", "<<1, 2, 1.0>>"])("the set %s is refused", (set) => {
  expect(parseStatement(`INSERT INTO songs VALUE {'a': ${set}}`, [])).toEqual({
    ok: false,
    message: "Input collection contains duplicates",
  });
});

test("words that are set apart name attributes and tables in double quotes", () => {
  const statement = `SELECT "date", details."size" FROM "user"."index" WHERE "key" = 1`;
  expect(parseStatement(statement, [])).toMatchObject({ ok: true });
});

test.each(["a", "a.b", "a[1]", `"a".b['c']`])("the set %s may be changed in its place", (path) => {
  const statement = `UPDATE songs SET ${path} = set_add(${path}, <<'x'>>) WHERE k = 1`;
  expect(parseStatement(statement, [])).toMatchObject({ ok: true });
});
