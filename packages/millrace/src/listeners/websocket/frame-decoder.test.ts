import { describe, expect, test } from "bun:test";
import fc from "fast-check";
import { type LastWord, readClose } from "./close-codes.ts";
import { FrameDecoder } from "./frame-decoder.ts";
import {
  binary,
  closing,
  codeText,
  continuation,
  frame,
  ping,
  pong,
  text,
} from "./websocket-fixture.ts";

interface Heard {
  payload: string;
  pings: string[];
  /** How many pieces the receiver was given. */
  pieces: number;
  last: LastWord | undefined;
  isIdle: boolean;
}

/** What a decoder says about pieces, as Latin-1. */
function decode(...pieces: string[]): Heard {
  const decoder = new FrameDecoder();
  const heard: Heard = { payload: "", pings: [], pieces: 0, last: undefined, isIdle: false };
  for (const piece of pieces) {
    heard.last = decoder.push(Buffer.from(piece, "latin1"), {
      onPayload(bytes) {
        heard.payload += Buffer.from(bytes).toString("latin1");
        heard.pieces += 1;
      },
      onPing: (payload) => heard.pings.push(Buffer.from(payload).toString("latin1")),
    });
    if (heard.last) break;
  }
  heard.isIdle = decoder.isIdle;
  return heard;
}

describe("what is refused", () => {
  const more = { more: true };
  const head = (first: number, second: number, ...rest: number[]) =>
    String.fromCharCode(first, second, ...rest, 0, 0, 0, 0);
  test.each([
    ["5.1", "a frame without a mask", "\x82\x01x", 1002],
    ["5.1", "a control frame without a mask", "\x89\0", 1002],
    ["5.2", "the first reserved bit", head(0xc2, 0x80), 1002],
    ["5.2", "the second reserved bit", head(0xa2, 0x80), 1002],
    ["5.2", "the third reserved bit", head(0x92, 0x80), 1002],
    ["5.2", "a reserved bit of a continuation", frame(binary, "", more) + head(0x90, 0x80), 1002],
    ["5.2", "a reserved bit of a ping", head(0xc9, 0x80), 1002],
    ...[3, 4, 5, 6, 7].map((code) => ["5.2", `opcode ${code}`, frame(code, "x"), 1002] as const),
    ...[11, 12, 13, 14, 15].map(
      (code) => ["5.2", `opcode ${code}`, frame(code, ""), 1002] as const,
    ),
    ["5.2", "125 bytes announced in 16 bits", head(0x82, 0xfe, 0, 125), 1002],
    ["5.2", "65535 bytes in 64 bits", head(0x82, 0xff, 0, 0, 0, 0, 0, 0, 255, 255), 1002],
    ["5.2", "the highest bit of a length", head(0x82, 0xff, 128, 0, 0, 0, 0, 1, 0, 0), 1002],
    ["5.4", "a continuation of nothing", frame(continuation, "x"), 1002],
    [
      "5.4",
      "a continuation of what is complete",
      frame(binary, "", more) + frame(continuation, "") + frame(continuation, ""),
      1002,
    ],
    ["5.4", "a message within another", frame(binary, "", more) + frame(binary, "x"), 1002],
    ["5.4", "text within another message", frame(binary, "", more) + frame(text, "x"), 1002],
    ["5.5", "a ping in fragments", frame(ping, "x", more), 1002],
    ["5.5", "a close frame in fragments", frame(closing, "", more), 1002],
    ["5.5", "a ping of 126 bytes", frame(ping, "x".repeat(126)), 1002],
    ["5.5.1", "a close frame of one byte", frame(closing, "x"), 1002],
    ["7.4.1", "a close frame with 1006", frame(closing, codeText(1006)), 1002],
    ["7.4.2", "a close frame with 5000", frame(closing, codeText(5000)), 1002],
    ["8.1", "a reason that is not UTF-8", frame(closing, `${codeText(1000)}\xff`), 1007],
    ["7.4.1", "a frame of 2^53 bytes", head(0x82, 0xff, 0, 32, 0, 0, 0, 0, 0, 0), 1009],
    ["7.4.1", "a frame of 2^63 - 1 bytes", head(0x82, 0xff, 127, ...Array(7).fill(255)), 1009],
    ["7.4.1", "text, of which MQTT has none", frame(text, "x"), 1003],
  ] as const)("[RFC 6455: %s] %s", (_section, _what, bytes, closeCode) => {
    const first = frame(binary, "before");
    const expected = decode(first + bytes + frame(binary, "after"));
    expect(expected.last?.closeCode).toBe(closeCode);
    expect(expected.last?.complaint).toBeString();
    expect(expected.payload).toStartWith("before");
    expect(expected.payload).not.toContain("after");
    expect(expected.isIdle).toBe(false);
    expect(decode(...first, ...bytes)).toEqual({ ...expected, pieces: expect.any(Number) });
  });

  test("a head is refused by its first two bytes, however many would follow", () => {
    expect(decode("\xc2\x80").last?.closeCode).toBe(1002);
    expect(decode("\x82", "\x05").last?.closeCode).toBe(1002);
    expect(decode("\x81\xff").last).toEqual({
      closeCode: 1003,
      complaint: "text frame instead of a binary one",
      clause: "MQTT-6.0.0-1",
    });
  });
});

describe("what is taken", () => {
  test.each([0, 1, 125, 126, 127, 300, 65_535, 65_536, 65_537, 3_000_000])(
    "a message of %p bytes",
    (length) => {
      const payload = "0123456".repeat(length / 7 + 1).slice(0, length);
      const bytes = frame(binary, payload, { mask: "\x01\x80\xff\x37" });
      const { payload: heard, last, isIdle } = decode(bytes + bytes);
      expect({ same: heard === payload + payload, last, isIdle }).toEqual({
        same: true,
        last: undefined,
        isIdle: true,
      });
    },
  );

  test("fragments, also empty ones, with control frames between them [RFC 6455: 5.4]", () => {
    const { payload, pings, isIdle } = decode(
      frame(binary, "", { more: true }),
      frame(ping, "one"),
      frame(continuation, "in ", { more: true }) + frame(continuation, "", { more: true }),
      frame(pong, "unasked") + frame(ping, "") + frame(continuation, "three"),
    );
    expect({ payload, pings, isIdle }).toEqual({
      payload: "in three",
      pings: ["one", ""],
      isIdle: true,
    });
  });

  test("control frames of 125 bytes [RFC 6455: 5.5]", () => {
    const payload = "p".repeat(125);
    expect(decode(frame(ping, payload, { mask: "mask" })).pings).toEqual([payload]);
    const reason = codeText(1000) + "r".repeat(123);
    expect(decode(frame(closing, reason)).last).toEqual({ closeCode: 1000 });
  });

  test("a frame of 2^53 - 1 bytes, as far as it comes", () => {
    const head = `\x82\xff\0\x1f${"\xff".repeat(6)}\0\0\0\0`;
    expect(decode(head, "begins", " and goes on")).toMatchObject({
      payload: "begins and goes on",
      last: undefined,
      isIdle: false,
    });
  });

  test("nothing after a close frame [RFC 6455: 5.5.1]", () => {
    const end = frame(closing, codeText(4000));
    const { payload, last } = decode(frame(binary, "before") + end + frame(binary, "after"));
    expect({ payload, last }).toEqual({ payload: "before", last: { closeCode: 4000 } });
  });

  test("small frames of one piece are handed on as one", () => {
    const frames = ["one t", "wo th", "ree"].map((part) => frame(binary, part, { mask: "mask" }));
    expect(decode(frames.join(""))).toMatchObject({ payload: "one two three", pieces: 1 });
  });

  test("a large frame is handed on as it comes", () => {
    const bytes = frame(binary, "x".repeat(5000));
    const pieces = [bytes.slice(0, 2000), bytes.slice(2000, 4000)];
    expect(decode(...pieces)).toMatchObject({ payload: "x".repeat(3992), isIdle: false });
  });

  test("a payload is never a Buffer, whose copies are none", () => {
    const decoder = new FrameDecoder();
    const receiver = {
      onPayload: (bytes: Uint8Array) => expect(bytes.constructor).toBe(Uint8Array),
      onPing: (bytes: Uint8Array) => expect(bytes.constructor).toBe(Uint8Array),
    };
    expect.assertions(2);
    decoder.push(Buffer.from(frame(binary, "x") + frame(ping, "y"), "latin1"), receiver);
  });
});

/** A decoder for all that was ever sent, which is slow and obvious. */
function decodeSlowly(bytes: Buffer): Pick<Heard, "payload" | "pings" | "last"> {
  let payload = "";
  let isInMessage = false;
  const pings: string[] = [];
  const end = (closeCode?: number) => ({
    payload,
    pings,
    last: closeCode === undefined ? undefined : expect.objectContaining({ closeCode }),
  });
  let rest = bytes;
  while (rest.length >= 2) {
    const [isFinal, reserved, opcode] = [rest[0]! >> 7, (rest[0]! >> 4) & 7, rest[0]! & 15];
    const [isMasked, shortLength] = [rest[1]! >> 7, rest[1]! & 127];
    if (reserved || !isMasked || ![0, 1, 2, 8, 9, 10].includes(opcode)) return end(1002);
    if (opcode >= 8 && (!isFinal || shortLength > 125)) return end(1002);
    if (opcode < 8 && (opcode === 0) !== isInMessage) return end(1002);
    if (opcode === 1) return end(1003);
    const maskAt = shortLength === 126 ? 4 : shortLength === 127 ? 10 : 2;
    if (rest.length < maskAt + 4) break;
    let length = BigInt(shortLength);
    if (maskAt === 4) length = BigInt(rest.readUInt16BE(2));
    if (maskAt === 10) length = rest.readBigUInt64BE(2);
    if (maskAt === 4 && length < 126n) return end(1002);
    if (maskAt === 10 && (length < 65_536n || length >= 2n ** 63n)) return end(1002);
    const key = rest.subarray(maskAt, maskAt + 4);
    const body = rest.subarray(maskAt + 4, maskAt + 4 + Number(length));
    const isWhole = body.length === Number(length);
    const plain = Buffer.from(body.map((byte, at) => byte ^ key[at % 4]!));
    if (opcode < 8) {
      if (length >= 2n ** 53n) return end(1009);
      payload += plain.toString("latin1");
      isInMessage = !isFinal;
    }
    if (!isWhole) break;
    if (opcode === 9) pings.push(plain.toString("latin1"));
    if (opcode === 8) return end(readClose(plain).closeCode);
    rest = rest.subarray(maskAt + 4 + body.length);
  }
  return end();
}

describe("however the bytes are cut", () => {
  const sample = [
    frame(binary, "first", { mask: "abcd" }),
    frame(binary, "x".repeat(130), { more: true, mask: "\x00\xff\x80\x01" }),
    frame(ping, "there?", { mask: "ping" }),
    frame(continuation, "y".repeat(300), { mask: "wxyz" }),
    frame(closing, `${codeText(1000)}bye`, { mask: "exit" }),
  ].join("");
  const { payload, pings, last } = decode(sample);

  test("in two, at every place", () => {
    expect({ payload, pings, last }).toEqual(decodeSlowly(Buffer.from(sample, "latin1")));
    for (let at = 0; at <= sample.length; at += 1) {
      expect(decode(sample.slice(0, at), sample.slice(at))).toMatchObject({ payload, pings, last });
    }
  });

  test("in pieces of every size", () => {
    for (let size = 1; size < 200; size += 1) {
      const pieces = sample.match(new RegExp(`[^]{1,${size}}`, "g")) ?? [];
      expect(decode(...pieces)).toMatchObject({ payload, pings, last });
    }
  });

  const byte = fc.integer({ min: 0, max: 255 }).map((code) => String.fromCharCode(code));
  const bytes = (lengths: fc.Arbitrary<number>) =>
    fc.tuple(lengths, byte).map(([length, first]) => first.repeat(length));
  const lengths = fc.oneof(
    fc.integer({ min: 0, max: 140 }),
    fc.constantFrom(125, 126, 127, 1024, 1025, 3000, 65_535, 65_536, 100_001),
  );
  const mask = fc.array(byte, { minLength: 4, maxLength: 4 }).map((key) => key.join(""));
  const any = fc
    .record({
      opcode: fc.constantFrom(binary, binary, binary, continuation, ping, pong),
      payload: bytes(lengths),
      more: fc.boolean(),
      mask,
    })
    .map(({ opcode, payload, more, mask }) =>
      opcode < closing
        ? frame(opcode, payload, { more, mask })
        : frame(opcode, payload.slice(0, 125), { mask }),
    );
  const fragments = fc.tuple(any, any, mask).map(([first, between, key]) => {
    const opening = frame(binary, first.slice(0, 200), { more: true, mask: key });
    return opening + between + frame(continuation, "end", { mask: key });
  });
  const garbage = fc.array(byte, { maxLength: 20 }).map((parts) => parts.join(""));
  const stream = fc
    .array(fc.oneof({ weight: 6, arbitrary: any }, fragments, { weight: 1, arbitrary: garbage }), {
      maxLength: 12,
    })
    .map((parts) => parts.join(""));

  test("at random, of frames good and bad: as the slow decoder has it", () => {
    const cuts = fc.array(fc.nat(), { maxLength: 12 });
    const property = fc.property(stream, cuts, (sent, places) => {
      const edges = [0, ...places.map((at) => at % (sent.length + 1)), sent.length];
      edges.sort((left, right) => left - right);
      const pieces = edges.slice(1).map((edge, index) => sent.slice(edges[index], edge));
      const { payload, pings, last } = decode(...pieces);
      expect({ payload, pings, last }).toEqual(decodeSlowly(Buffer.from(sent, "latin1")));
    });
    fc.assert(property, { numRuns: 1000 });
  });
});
