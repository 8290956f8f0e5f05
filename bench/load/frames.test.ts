import { expect, test } from "bun:test";
import fc from "fast-check";
import { Deframer, frameOf, pongOf } from "./frames.ts";

/** As a server sends it: without a mask. */
function serverFrame(opcode: number, payload: Uint8Array): Uint8Array {
  const { length } = payload;
  const size = length < 126 ? [length] : [126, length >> 8, length & 0xff];
  return Uint8Array.of(0x80 | opcode, ...size, ...payload);
}

const arbitraryFrame = fc.oneof(
  fc.record({ opcode: fc.constant(2), payload: fc.uint8Array({ maxLength: 300 }) }),
  fc.record({ opcode: fc.constantFrom(9, 10), payload: fc.uint8Array({ maxLength: 125 }) }),
);

test("payloads of data frames and pings come out whole, however the bytes are cut", () => {
  fc.assert(
    fc.property(fc.array(arbitraryFrame), fc.integer({ min: 1, max: 40 }), (frames, step) => {
      const bytes = Buffer.concat(frames.map((frame) => serverFrame(frame.opcode, frame.payload)));
      const pieces: Uint8Array[] = [];
      const pings: Uint8Array[] = [];
      const deframer = new Deframer(
        (piece) => pieces.push(piece),
        (payload) => pings.push(payload),
      );
      for (let at = 0; at < bytes.length; at += step) deframer.push(bytes.subarray(at, at + step));
      const sent = (opcode: number) =>
        frames
          .filter((frame) => frame.opcode === opcode)
          .map(({ payload }) => Buffer.from(payload));
      expect(Buffer.concat(pieces)).toEqual(Buffer.concat(sent(2)));
      expect(pings.map((payload) => Buffer.from(payload))).toEqual(sent(9));
    }),
  );
});

test("an outgoing frame is final, binary, and masked with zeros", () => {
  expect([...frameOf(Uint8Array.of(1, 2))]).toEqual([0x82, 0x82, 0, 0, 0, 0, 1, 2]);
  const longer = frameOf(new Uint8Array(300).fill(5));
  expect([...longer.subarray(0, 9)]).toEqual([0x82, 0xfe, 1, 44, 0, 0, 0, 0, 5]);
  expect(longer).toHaveLength(308);
  expect([...pongOf(Uint8Array.of(7))]).toEqual([0x8a, 0x81, 0, 0, 0, 0, 7]);
});
