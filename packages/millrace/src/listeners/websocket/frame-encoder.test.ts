import { expect, test } from "bun:test";
import { opcodes } from "./frame.ts";
import { encodeClose, encodeFrame } from "./frame-encoder.ts";

test.each([
  [0, "8200"],
  [1, "8201"],
  [125, "827d"],
  [126, "827e007e"],
  [65_535, "827effff"],
  [65_536, "827f0000000000010000"],
  [70_000, "827f0000000000011170"],
])("a payload of %p bytes stands behind its shortest head", (length, head) => {
  const payload = new Uint8Array(length).map((_, at) => at % 251);
  const bytes = encodeFrame(opcodes.binary, payload);
  const headBytes = head.length / 2;
  expect(Buffer.from(bytes.subarray(0, headBytes)).toString("hex")).toBe(head);
  expect(Buffer.compare(bytes.subarray(headBytes), payload)).toBe(0);
});

test.each([
  [1000, "880203e8"],
  [4999, "88021387"],
  [1005, "8800"],
])("a close frame with code %p", (code, bytes) => {
  expect(Buffer.from(encodeClose(code)).toString("hex")).toBe(bytes);
});
