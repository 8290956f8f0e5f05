import { expect, test } from "bun:test";
import { textOf, utf8 } from "../../base/mod.ts";
import { deltaDocument, documentsDocument, wholeDocument } from "./answers.ts";
import { type Json, sameValue } from "./json.ts";
import { parseExactly } from "./number.ts";
import { readDelete, readGet, readUpdate } from "./request.ts";
import { isThere, type Kept, keptAt, type Shadow, update } from "./shadow.ts";

function updated(kept: Kept, text: string, nowSeconds = 1): Shadow {
  const read = readUpdate(utf8(text));
  if (!read.ok) throw new Error(read.problem.message);
  const result = update(kept, read.request, nowSeconds);
  if (!result.ok) throw new Error(result.problem.message);
  return result.shadow;
}

test.each([
  "12345678901234567890",
  "-12345678901234567890",
  "0.1234567890123456789",
  "1e400",
  "123456789012345678e-30",
])("the number %s keeps its digits", (text) => {
  const shadow = updated(undefined, `{"state":{"desired":{"n":${text}}}}`);
  expect(JSON.stringify(shadow.state)).toBe(`{"desired":{"n":${text}}}`);
  const again = parseExactly(JSON.stringify(shadow)) as Shadow;
  expect(JSON.stringify(again)).toBe(JSON.stringify(shadow));
});

test.each([
  ["1", "1.0", true],
  ["1", "10e-1", true],
  ["0", "-0.0", true],
  ["0", "0e7", true],
  ["12345678901234567890", "1234567890123456789e1", true],
  ["12345678901234567890", "12345678901234567891", false],
  ["1e400", "1e401", false],
  ["9007199254740993", "9007199254740992", false],
  ["1", '"1"', false],
  ["1", "true", false],
  [`1e${"9".repeat(30)}`, `1e${"9".repeat(30)}`, true],
  [`1.5e${"9".repeat(30)}`, `15e${"9".repeat(30)}`, false],
  ["null", "{}", false],
  ["[]", "{}", false],
  ['{"a":1}', '{"b":1}', false],
  ['{"a":1,"b":2}', '{"b":2,"a":1.0}', true],
])("%s and %s are one value: %p", (left, right, same) => {
  expect(sameValue(parseExactly(left) as Json, parseExactly(right) as Json)).toBe(same);
});

test.each([
  ["zeros inside", `1.${"0".repeat(100_000)}1`],
  ["an exponent without end", `1e${"9".repeat(100_000)}`],
])("a long number with %s keeps its digits and holds nobody up", (_, text) => {
  // Where the length counted twice over, two hundred times would not end in time.
  for (let count = 1; count <= 200; count += 1) {
    expect(JSON.stringify(parseExactly(text)) === text).toBe(true);
  }
  expect(sameValue(parseExactly(text) as Json, parseExactly(`${text}1`) as Json)).toBe(false);
});

test("a key may be called as a member of every object is", () => {
  const text = '{"state":{"desired":{"__proto__":{"toString":1},"constructor":{"a":null}}}}';
  const { state, metadata } = updated(undefined, text);
  expect(JSON.stringify(state)).toBe('{"desired":{"__proto__":{"toString":1},"constructor":{}}}');
  expect(JSON.stringify(metadata)).toBe(
    '{"desired":{"__proto__":{"toString":{"timestamp":1}},"constructor":{}}}',
  );
  const whole = wholeDocument(
    { state, metadata, version: 1 },
    { nowSeconds: 2, clientToken: undefined },
  );
  const delta = '"delta":{"__proto__":{"toString":1},"constructor":{}}';
  expect(JSON.stringify(whole)).toContain(delta);
});

test.each([
  ["a byte order mark", "efbbbf7b7d", 415],
  ["UTF-16, little end first", "7b007d00", 415],
  ["UTF-16, big end first", "007b007d", 415],
  ["UTF-16 with its mark", "fffe7b007d00", 415],
  ["bytes that are no text", "7bff7d", 415],
  ["nothing", "", 400],
  ["half a document", "7b", 400],
])("%s is refused", (_, hex, code) => {
  const read = readUpdate(Uint8Array.fromHex(hex));
  expect(read.ok ? 200 : read.problem.code).toBe(code as 400);
});

test("what is nested without end is refused and breaks nothing", () => {
  const deep = (inner: string) => `${"[".repeat(60_000)}${inner}${"]".repeat(60_000)}`;
  const codeOf = (text: string) => {
    const read = readUpdate(utf8(text));
    return read.ok ? 200 : read.problem.code;
  };
  expect(codeOf(`{"state":{"desired":{"a":${deep("1")}}}}`)).toBe(400);
  expect(codeOf(`{"state":{"desired":{"a":${deep("1e400")}}}}`)).toBe(400);
  expect(codeOf(`{"state":{},"x":${"1".repeat(128 * 1024)}}`)).toBe(413);
});

test("a delete and a get take a token; a delete takes anything else too", () => {
  expect(readGet(utf8(""))).toEqual({ ok: true, request: { clientToken: undefined } });
  expect(readGet(utf8('{"clientToken":"t"}'))).toMatchObject({ request: { clientToken: "t" } });
  expect(readGet(utf8("no JSON"))).toMatchObject({ ok: false, problem: { code: 400 } });
  expect(readGet(utf8('{"clientToken":1}'))).toMatchObject({ ok: false, problem: { code: 400 } });
  expect(readDelete(utf8('{"clientToken":"t"}'))).toEqual({ clientToken: "t" });
  expect(readDelete(utf8("no JSON"))).toEqual({ clientToken: undefined });
});

test("the version of what was deleted is kept for 48 hours", () => {
  const deleted = { version: 4, deletedAtSeconds: 1_000 };
  const hours48 = 48 * 60 * 60;
  expect(keptAt(deleted, 1_000 + hours48 - 1)).toBe(deleted);
  expect(keptAt(deleted, 1_000 + hours48)).toBeUndefined();
  expect(isThere(deleted)).toBe(false);
  expect(updated(deleted, '{"state":{}}').version).toBe(5);
});

test("a state may have 8,192 bytes, whatever the metadata has", () => {
  const textOfBytes = (bytes: number) => {
    const frame = '{"desired":{"a":""}}'.length;
    return `{"state":{"desired":{"a":"${"ü".repeat((bytes - frame) / 2)}"}}}`;
  };
  expect(updated(undefined, textOfBytes(8_192)).version).toBe(1);
  expect(() => updated(undefined, textOfBytes(8_194))).toThrow("exceeds the maximum size");
  const half = updated(undefined, textOfBytes(4_200));
  const other = `{"state":{"reported":{"b":"${"x".repeat(4_200)}"}}}`;
  expect(() => updated(half, other)).toThrow("exceeds the maximum size");
  expect(updated(half, '{"state":{"desired":{"a":null,"b":1}}}').state).toEqual({
    desired: { b: 1 },
  });
});

test("an update may say 16,384 bytes, nulls included, whatever it comes to", () => {
  const textOfNulls = (bytes: number, section = "desired") => {
    const frame = `{"${section}":{"":null}}`.length;
    return `{ "state": {"${section}":{"${"k".repeat(bytes - frame)}":null}} }`;
  };
  expect(updated(undefined, textOfNulls(16_384)).state).toEqual({});
  expect(() => updated(undefined, textOfNulls(16_385))).toThrow("exceeds the maximum size");
  const many = Array.from({ length: 5_000 }, (_, at) => `"${at}":null`).join();
  expect(() => updated(undefined, `{"state":{"desired":{${many}}}}`)).toThrow("maximum size");
});

test("of a node that is named for its fault the beginning is told", () => {
  const key = "k".repeat(100_000);
  const problemOf = (state: string) => {
    const read = readUpdate(utf8(`{"state":${state}}`));
    return read.ok ? "" : read.problem.message;
  };
  for (const state of [`{"${key}":1}`, `{"desired":{"${key}":[null]}}`]) {
    expect(problemOf(state)).toMatch(/^State contains an invalid node: 'k{10,500}…'$/);
  }
});

test("documents have their members in AWS's order", () => {
  const first = updated(undefined, '{"state":{"desired":{"a":1}}}', 7);
  const text = '{"state":{"reported":{"a":2}},"clientToken":"t"}';
  const read = readUpdate(utf8(text));
  if (!read.ok) throw new Error("the request is good");
  const second = updated(first, text, 8);
  const occasion = { nowSeconds: 9, clientToken: "t" };
  expect(JSON.stringify(wholeDocument(second, occasion))).toBe(
    '{"state":{"desired":{"a":1},"reported":{"a":2},"delta":{"a":1}},' +
      '"metadata":{"desired":{"a":{"timestamp":7}},"reported":{"a":{"timestamp":8}}},' +
      '"version":2,"timestamp":9,"clientToken":"t"}',
  );
  expect(JSON.stringify(deltaDocument(read.request, second, 9))).toBe(
    '{"version":2,"timestamp":9,"state":{"a":1},"metadata":{"a":{"timestamp":7}},"clientToken":"t"}',
  );
  expect(textOf(utf8(JSON.stringify(documentsDocument(first, second, occasion))))).toStartWith(
    '{"previous":{"state":{"desired":{"a":1}},"metadata":{"desired":{"a":{"timestamp":7}}},' +
      '"version":1},"current":{',
  );
});
