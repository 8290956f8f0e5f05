import { expect, test } from "bun:test";
import fc from "fast-check";
import { Deframer, frameOf } from "./frames.ts";

/** As a server sends it: without a mask. */
function serverFrame(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const size = length < 126 ? [length] : [126, length >> 8, length & 0xff];
  return Uint8Array.of(0x80 | opcode, ...size, ...payload);
}

const arbitraryFrame = fc.record({
  opcode: fc.constantFrom(2, 2, 2, 9),
  payload: fc.uint8Array({ maxLength: 300 }),
});

test("payloads of data frames come out whole, however the bytes are cut", () => {
  fc.assert(
    fc.property(fc.array(arbitraryFrame), fc.integer({ min: 1, max: 40 }), (frames, step) => {
      const bytes = Buffer.concat(frames.map((frame) => serverFrame(frame.opcode, frame.payload)));
      const pieces: Uint8Array[] = [];
      const deframer = new Deframer((piece) => pieces.push(piece));
      for (let at = 0; at < bytes.length; at += step) deframer.push(bytes.subarray(at, at + step));
      const data = frames.filter((frame) => frame.opcode === 2).map((frame) => frame.payload);
      expect(Buffer.concat(pieces)).toEqual(Buffer.concat(data));
    }),
  );
});

test("an outgoing frame is final, binary, and masked with zeros", () => {
  expect([...frameOf(Uint8Array.of(1, 2))]).toEqual([0x82, 0x82, 0, 0, 0, 0, 1, 2]);
  const longer = frameOf(new Uint8Array(300).fill(5));
  expect([...longer.subarray(0, 9)]).toEqual([0x82, 0xfe, 1, 44, 0, 0, 0, 0, 5]);
  expect(longer).toHaveLength(308);
});
