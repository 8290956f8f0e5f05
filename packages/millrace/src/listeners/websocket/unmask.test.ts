import { expect, test } from "bun:test";
import { turnMask, unmask } from "./unmask.ts";

const masks = [0, 0xff, 0x01020304, 0x80000000 | 0, -1, 0x7f_00_ff_80];

/** [RFC 6455: 5.3], word for word. */
function slowly(bytes: Uint8Array, mask: number): number[] {
  const key = [mask & 255, (mask >> 8) & 255, (mask >> 16) & 255, (mask >> 24) & 255];
  return Array.from(bytes, (byte, at) => byte ^ key[at % 4]!);
}

function sample(length: number): Uint8Array {
  return Uint8Array.from({ length }, (_, at) => (at * 37 + (at >> 8)) & 255);
}

test.each([
  ["of 0 to 300 bytes", Array.from({ length: 301 }, (_, length) => length)],
  ["around 64 KiB, and larger", [65_535, 65_536, 65_537, 200_003]],
])("payloads %s are unmasked wherever they begin, and nothing beside them", (_what, lengths) => {
  for (const length of lengths) {
    for (const [index, mask] of masks.entries()) {
      const from = (length + index) % 5;
      const bytes = sample(from + length + 3);
      const expected = [
        ...sample(from),
        ...slowly(bytes.subarray(from, from + length), mask),
        ...bytes.subarray(from + length),
      ];
      unmask(bytes, from, length, mask);
      expect(Buffer.compare(bytes, Uint8Array.from(expected))).toBe(0);
    }
  }
});

test("also in a view that begins anywhere in its memory", () => {
  for (let offset = 0; offset < 8; offset += 1) {
    const bytes = new Uint8Array(new ArrayBuffer(600), offset, 500);
    bytes.set(sample(500));
    const expected = slowly(bytes, 0x01020304);
    unmask(bytes, 0, 500, 0x01020304);
    expect(Array.from(bytes)).toEqual(expected);
  }
});

test("what is unmasked in parts goes on with the mask turned", () => {
  for (const mask of masks) {
    for (let first = 0; first < 9; first += 1) {
      const bytes = sample(20);
      const expected = slowly(bytes, mask);
      unmask(bytes, 0, first, mask);
      unmask(bytes, first, 20 - first, turnMask(mask, first));
      expect(Array.from(bytes)).toEqual(expected);
    }
  }
});
