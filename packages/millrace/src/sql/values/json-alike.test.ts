import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { textOf, utf8 } from "../../base/mod.ts";
import { LookAlikes } from "./json-alike.ts";
import { createPayload } from "./payload.ts";
import type { Reading } from "./reading.ts";
import type { Value } from "./value.ts";

/** Of texts instead of bytes. */
class Alikes {
  readonly #alikes = new LookAlikes();

  learn(text: string, value: unknown): void {
    this.#alikes.learn(utf8(text), value as Value);
  }

  reading(text: string): Reading | undefined {
    return this.#alikes.read(utf8(text));
  }

  read(text: string): unknown {
    return this.reading(text)?.members;
  }
}

/** That has learned from texts of these values, each until it is known. */
function taught(...values: unknown[]): Alikes {
  const alikes = new Alikes();
  for (const value of values) {
    for (let count = 0; count < 16; count += 1) alikes.learn(JSON.stringify(value), value);
  }
  return alikes;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return "not JSON";
  }
}

test("what is long is left to the caller", () => {
  const known = taught({ a: "", b: "x" });
  const ofLength = (length: number) => `{"a":"${"y".repeat(length - 16)}","b":"x"}`;
  expect(ofLength(4_096)).toHaveLength(4_096);
  expect(known.read(ofLength(4_096))).toBeDefined();
  expect(known.read(ofLength(4_097))).toBeUndefined();
  expect(taught({ a: "y".repeat(5_000) }).read('{"a":"y"}')).toBeUndefined();
});

describe("texts of a form that was seen", () => {
  const alikes = taught({ a: 1, "b c": "x" });
  const cases: readonly [text: string, isRead: boolean][] = [
    ['{"a":2,"b c":"y"}', true],
    ['{"a":"2","b c":true}', true],
    ['{"a":null,"b c":false}', true],
    ['{"a":-7,"b c":21.75}', true],
    ['{"a":123456789012345,"b c":0}', true],
    ['{"a":-0.5,"b c":"\u00e4\u{1f600}"}', true],
    ['{"a":1234567890123456,"b c":0}', false],
    ['{"a":0.12345678901234,"b c":0}', false],
    ['{"a":-0,"b c":0}', false],
    ['{"a":01,"b c":0}', false],
    ['{"a":1.,"b c":0}', false],
    ['{"a":.5,"b c":0}', false],
    ['{"a":-,"b c":0}', false],
    ['{"a":2.0,"b c":0}', false],
    ['{"a":2.50,"b c":0}', false],
    ['{"a":1e3,"b c":0}', false],
    ['{"a":1E3,"b c":0}', false],
    ['{"a":1.5e3,"b c":0}', false],
    ['{"a":0.000001,"b c":-0.000123}', true],
    ['{"a":0.0000001,"b c":0}', false],
    ['{"a":-0.00000099,"b c":0}', false],
    ['{"a":"\u007f","b c":"\u2028\ufeff"}', true],
    ['{"a":"\\u0061","b c":0}', false],
    ['{"a":truefalse,"b c":0}', false],
    ['{"a":nul', false],
    ['{"a":"}', false],
    ['{"a":"\u00e4}', false],
    ['{"a":[],"b c":0}', false],
    ['{"a":{},"b c":0}', false],
    ['{"a":"\\n","b c":0}', false],
    ['{"a":"\n","b c":0}', false],
    ['{"a":"x,"b c":0}', false],
    ['{"a":tru,"b c":0}', false],
    ['{"a":,"b c":0}', false],
    ['{"a":1, "b c":0}', false],
    ['{"a":1,"b c":0} ', false],
    ['{"a":1,"b c":0', false],
    ['{"a":1,"b c":0,"d":1}', false],
    ['{"b c":0,"a":1}', false],
    ['{"a":1}', false],
    ["{}", false],
    ["", false],
  ];
  for (const [text, isRead] of cases) {
    test(`${JSON.stringify(text)} is ${isRead ? "read" : "left to others"}`, () => {
      const members = alikes.read(text);
      expect(members).toEqual(isRead ? JSON.parse(text) : undefined);
      if (members) expect(JSON.stringify(members)).toBe(text);
    });
  }
});

describe("what is learned", () => {
  test("is nothing that a form cannot say", () => {
    const strange = [{}, [], "a", 1, null, { 1: 2 }, JSON.parse('{"__proto__":1}'), { a: {} }];
    for (const value of strange) {
      expect(taught(value).read(JSON.stringify(value))).toBeUndefined();
    }
  });

  test("is no text with blanks, so that these push nothing out", () => {
    const alikes = taught({ a: 1 });
    for (let count = 0; count < 500; count += 1) alikes.learn('{ "b": 1 }', { b: 1 });
    expect(alikes.read('{"a":2}')).toEqual({ a: 2 });
  });

  test("stays, while others come and go", () => {
    const alikes = taught({ a: 1 });
    for (let index = 0; index < 100; index += 1) {
      const value = { [`b${index}`]: index };
      for (let count = 0; count < 16; count += 1) alikes.learn(JSON.stringify(value), value);
      expect(alikes.read('{"a":2}')).toEqual({ a: 2 });
    }
  });

  test("is told apart, where the beginning is the same", () => {
    const alikes = taught({ v: 1, say: "x" }, { v: 1, join: "x" }, { v: 1 });
    for (const text of [
      '{"v":2,"say":"y"}',
      '{"v":3,"join":"z"}',
      '{"v":4}',
      '{"v":5,"say":"a"}',
    ]) {
      expect(alikes.read(text)).toEqual(JSON.parse(text));
    }
  });
});

const member = fc.oneof(
  fc.string({ unit: "grapheme", maxLength: 8 }),
  fc.integer(),
  fc.double({ noDefaultInfinity: true, noNaN: true }),
  fc.double({ min: -1000, max: 1000, noNaN: true }).map((value) => Math.round(value * 100) / 100),
  fc.constantFrom(true, false, null, -0, 1e21, 0.1),
  fc.array(fc.integer(), { maxLength: 2 }),
);
const object = fc.dictionary(fc.string({ maxLength: 3 }), member, { minKeys: 1, maxKeys: 5 });

/** The text with one character taken out, put in, or changed. */
const damage = fc.record({
  at: fc.nat(60),
  put: fc.constantFrom(
    "",
    '"',
    "\\",
    ",",
    "}",
    "{",
    "0",
    "1",
    ".",
    "-",
    "e",
    " ",
    ":",
    "\u0001",
    "t",
  ),
  gone: fc.nat(1),
});

/** What a reading tells of its members without making texts of them. */
function expectTold(reading: Reading): void {
  const { form, bytes } = reading;
  for (const [index, value] of Object.values(reading.members).entries()) {
    const token = textOf(bytes.subarray(reading.startAt(index), reading.endAt(index)));
    expect(token).toBe(JSON.stringify(value));
    const text = typeof value === "string" ? value : undefined;
    expect(reading.textLengthAt(index)).toBe(text?.length ?? -1);
    if (text === undefined) continue;
    expect(reading.hasVisibleAt(index)).toBe(/[!-~]/.test(text));
    expect(reading.isAsciiAt(index)).toBe(utf8(text).length === text.length);
    expect(reading.isTextAt(index, utf8(text))).toBe(true);
    expect(reading.isTextAt(index, utf8(`${text}.`))).toBe(false);
    expect(reading.isTextAt(index, utf8(`.${text.slice(1)}`))).toBe(text.startsWith("."));
  }
  expect(reading.valueAt(-1)).toBeUndefined();
  expect(form.indexes.get("no such key")).toBeUndefined();
}

test("bytes that are not UTF-8 are not read, wherever they stand", () => {
  const text = '{"\u00e4":"\u00e4\u20ac\u{1f600}","b":1}';
  const alikes = new LookAlikes();
  for (let count = 0; count < 16; count += 1) alikes.learn(utf8(text), JSON.parse(text) as Value);
  expect(alikes.read(utf8(text))?.members).toEqual(JSON.parse(text));
  fc.assert(
    fc.property(fc.nat(40), fc.integer({ min: 0x80, max: 0xff }), (place, byte) => {
      const bytes = utf8(text);
      bytes[place % bytes.length] = byte;
      const decoder = new TextDecoder("utf-8", { fatal: true });
      const members = alikes.read(bytes)?.members;
      if (members) expect(members).toEqual(JSON.parse(decoder.decode(bytes)));
    }),
    { numRuns: 2_000 },
  );
});

test("what is read is what JSON.parse reads, whatever is wrong with the text", () => {
  let readCount = 0;
  fc.assert(
    fc.property(object, fc.array(damage, { maxLength: 2 }), (value, damages) => {
      let text = JSON.stringify(value);
      const alikes = taught(value);
      for (const { at, put, gone } of damages) {
        const place = at % (text.length + 1);
        text = text.slice(0, place) + put + text.slice(place + gone);
      }
      text = text.toWellFormed(); // in bytes there is no half of a pair
      const reading = alikes.reading(text);
      if (reading === undefined) return;
      readCount += 1;
      expect(reading.members).toEqual(parsed(text) as typeof reading.members);
      expect(Object.keys(reading.members)).toEqual(Object.keys(parsed(text) as object));
      expectTold(reading);
      // Copying bytes must write the same as writing values.
      expect(text).toBe(JSON.stringify(parsed(text)));
    }),
    { numRuns: 3_000 },
  );
  expect(readCount).toBeGreaterThan(100);
});

test("values do not depend on what came before, in either version", () => {
  const texts = ['{"a":1.0,"b":2}', '{"a":1.5,"b":2}', '{"a":1,"b":2}', '{"a":0.10,"b":1e2}'];
  for (const version of ["2015-10-08", "2016-03-23"] as const) {
    const read = (text: string) => createPayload(utf8(text)).json(version);
    const first = texts.map((text) => read(` ${text}`));
    for (let round = 0; round < 40; round += 1) expect(texts.map(read)).toEqual(first);
  }
});
