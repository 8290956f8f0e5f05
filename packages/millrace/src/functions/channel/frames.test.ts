import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { concatBytes, textOf, utf8 } from "../../base/mod.ts";
import { FrameReader, headBytes, readUInt32, writeHead, writeUInt32 } from "./frames.ts";

function encode(kind: number, body: Uint8Array): Uint8Array {
  const bytes = Buffer.alloc(headBytes + body.length);
  writeHead(bytes, kind, body.length);
  bytes.set(body, headBytes);
  return new Uint8Array(bytes);
}

function read(chunks: readonly Uint8Array[], bodyBytesMax: number) {
  const taken: [number, string | undefined][] = [];
  const reader = new FrameReader(bodyBytesMax, (kind, body) => {
    taken.push([kind, body && textOf(body)]);
  });
  for (const chunk of chunks) reader.push(chunk);
  return taken;
}

describe("frames", () => {
  test("have lengths of four bytes, however large", () => {
    fc.assert(
      fc.property(fc.nat(2 ** 32 - 1), fc.nat(5), (value, at) => {
        const bytes = Buffer.alloc(9);
        writeUInt32(bytes, at, value);
        expect(bytes.readUInt32LE(at)).toBe(value);
        expect(readUInt32(bytes, at)).toBe(value);
      }),
    );
  });

  test("are length, kind and body", () => {
    expect([...encode(2, utf8("hi"))]).toEqual([3, 0, 0, 0, 2, 0x68, 0x69]);
  });

  test("come out as they went in, however they are cut; too long ones without their body", () => {
    const frame = fc.record({ kind: fc.nat(255), text: fc.string({ maxLength: 40 }) });
    const cuts = fc.array(fc.integer({ min: 1, max: 30 }), { minLength: 1 });
    fc.assert(
      fc.property(fc.array(frame), cuts, fc.nat(40), (frames, lengths, bodyBytesMax) => {
        const all = concatBytes(frames.map(({ kind, text }) => encode(kind, utf8(text))));
        const chunks: Uint8Array[] = [];
        for (let at = 0, count = 0; at < all.length; count += 1) {
          const length = lengths[count % lengths.length]!;
          chunks.push(all.slice(at, at + length));
          at += length;
        }
        const expected = frames.map(({ kind, text }) => {
          return [kind, utf8(text).length > bodyBytesMax ? undefined : text];
        });
        expect(read(chunks, bodyBytesMax)).toEqual(expected as [number, string | undefined][]);
      }),
    );
  });

  test("of a length that nobody sends are read as empty", () => {
    expect(read([new Uint8Array([0, 0, 0, 0, 9])], 10)).toEqual([[9, ""]]);
  });
});
