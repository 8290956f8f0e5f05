import { expect, test } from "bun:test";
import { isFarewell, readClose } from "./close-codes.ts";

function payload(code: number, reason = ""): Uint8Array {
  return Buffer.from(String.fromCharCode(code >> 8, code & 255) + reason, "latin1");
}

test("a close frame may be empty, else it has a code [RFC 6455: 5.5.1, 7.1.5]", () => {
  expect(readClose(new Uint8Array(0))).toEqual({ closeCode: 1005 });
  expect(readClose(new Uint8Array(1))).toMatchObject({
    closeCode: 1002,
    complaint: "a close frame with half a code",
  });
});

test.each([1000, 1001, 1002, 1003, 1007, 1011, 1014, 3000, 3999, 4000, 4999])(
  "code %p may be sent [RFC 6455: 7.4]",
  (code) => expect(readClose(payload(code, "bye"))).toEqual({ closeCode: code }),
);

test.each([0, 999, 1004, 1005, 1006, 1015, 1016, 2999, 5000, 65_535])(
  "code %p may not [RFC 6455: 7.4]",
  (code) => {
    expect(readClose(payload(code))).toMatchObject({
      closeCode: 1002,
      complaint: `a close frame with code ${code}`,
    });
  },
);

test.each([
  ["UTF-8", "gr\xc3\xbc\xc3\x9fe", 1000],
  ["a byte of Latin-1", "gr\xfc", 1007],
  ["half a character", "gr\xc3", 1007],
  ["a surrogate", "\xed\xa0\x80", 1007],
  ["a character in too many bytes", "\xc0\xaf", 1007],
])("a reason of %s", (_what, reason, closeCode) => {
  expect(readClose(payload(1000, reason)).closeCode).toBe(closeCode);
});

test.each([
  [1000, true],
  [1001, true],
  [1005, true],
  [3000, true],
  [4999, true],
  [1002, false],
  [1006, false],
  [1011, false],
])("a client that closes with %p takes leave: %p", (code, expected) => {
  expect(isFarewell(code)).toBe(expected);
});
