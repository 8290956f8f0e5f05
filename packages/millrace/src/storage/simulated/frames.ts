/**
 * The bytes of the simulated engine's log: a head, then one frame per committed batch.
 *
 *   head    8 bytes "MILLLOG1" | 8 random bytes: the salt | u32 CRC-32 of both
 *   frame   u32 length of the body | u32 number, from 1 | u32 CRC-32 of the body
 *           | u32 CRC-32 of the salt and the twelve bytes before | body
 *   body    changes: u8 length of the space, space | u16 length of the key, key
 *           | u32 length of the value, `deletion` for none, value
 *
 * Numbers are big-endian. A batch is synced before the next one is written, so at most the last
 * frame is not whole after the power was cut. Hence what `readFrames` makes of a bad frame: with a
 * good one behind it, it was damaged later and is never skipped (P6); without, it is a torn tail
 * and is cut. The salt is why no value can pass for a frame. Damage within the last frame alone
 * looks like a torn tail; only a second place that names the end of the log could tell.
 */

import { crc32 } from "node:zlib";
import { concatBytes, textOf, utf8 } from "../../base/mod.ts";
import type { Change } from "../records.ts";

export const headBytes = 20;
const magic = utf8("MILLLOG1");
const frameHeadBytes = 16;
const deletion = 0xffff_ffff;

/** The head of a new log. */
export function encodeHead(salt: Uint8Array): Uint8Array {
  const head = new Uint8Array(headBytes);
  head.set(magic);
  head.set(salt, magic.length);
  new DataView(head.buffer).setUint32(16, crc32(head.subarray(0, 16)));
  return head;
}

/** The salt of a log that begins with these bytes, or `undefined` when no good head does. */
export function saltOf(log: Uint8Array): Uint8Array | undefined {
  if (log.length < headBytes || magic.some((byte, at) => log[at] !== byte)) return undefined;
  const checksum = new DataView(log.buffer, log.byteOffset).getUint32(16);
  return checksum === crc32(log.subarray(0, 16)) ? log.slice(magic.length, 16) : undefined;
}

/** One batch; `number` counts the frames of a log from 1. */
export function encodeFrame(
  salt: Uint8Array,
  number: number,
  changes: readonly Change[],
): Uint8Array {
  const body = concatBytes(changes.flatMap(encodeChange));
  const frame = new Uint8Array(frameHeadBytes + body.length);
  const view = new DataView(frame.buffer);
  view.setUint32(0, body.length);
  view.setUint32(4, number);
  view.setUint32(8, crc32(body));
  view.setUint32(12, crc32(frame.subarray(0, 12), crc32(salt)));
  frame.set(body, frameHeadBytes);
  return frame;
}

export interface FramesRead {
  readonly batches: readonly (readonly Change[])[];
  /** Where the good frames end. */
  readonly end: number;
  /** What begins there: nothing, a frame that was never whole, or one that was and is not now. */
  readonly rest: "nothing" | "torn" | "damaged";
}

/** The frames of a log whose head is good. */
export function readFrames(log: Uint8Array, salt: Uint8Array): FramesRead {
  const batches: Change[][] = [];
  let end = headBytes;
  for (;;) {
    if (end === log.length) return { batches, end, rest: "nothing" };
    const number = batches.length + 1;
    const frame = readFrame(log, salt, end);
    if (frame?.number !== number) {
      const rest = hasFrameBehind(log, salt, end) ? "damaged" : "torn";
      return { batches, end, rest };
    }
    batches.push(decodeChanges(frame.body));
    end += frameHeadBytes + frame.body.length;
  }
}

/** The frame at `at`, or `undefined` when there is none or one of its checksums is wrong. */
function readFrame(log: Uint8Array, salt: Uint8Array, at: number) {
  if (at + frameHeadBytes > log.length) return undefined;
  const view = new DataView(log.buffer, log.byteOffset + at);
  const head = log.subarray(at, at + 12);
  if (view.getUint32(12) !== crc32(head, crc32(salt))) return undefined;
  const from = at + frameHeadBytes;
  const body = log.subarray(from, from + view.getUint32(0));
  if (body.length !== view.getUint32(0) || crc32(body) !== view.getUint32(8)) return undefined;
  return { number: view.getUint32(4), body };
}

function hasFrameBehind(log: Uint8Array, salt: Uint8Array, badAt: number): boolean {
  for (let at = badAt + 1; at < log.length; at += 1) if (readFrame(log, salt, at)) return true;
  return false;
}

function encodeChange({ space, key, value }: Change): Uint8Array[] {
  const name = utf8(space);
  const heads = new DataView(new ArrayBuffer(6));
  heads.setUint16(0, key.length);
  heads.setUint32(2, value ? value.length : deletion);
  const head = (from: number, to: number) => new Uint8Array(heads.buffer, from, to - from);
  const parts = [Uint8Array.of(name.length), name, head(0, 2), key, head(2, 6)];
  return value ? [...parts, value] : parts;
}

function decodeChanges(body: Uint8Array): Change[] {
  const view = new DataView(body.buffer, body.byteOffset, body.length);
  const changes: Change[] = [];
  let at = 0;
  const take = (length: number) => {
    at += length;
    return body.slice(at - length, at);
  };
  while (at < body.length) {
    const space = textOf(take(take(1)[0]!));
    at += 2;
    const key = take(view.getUint16(at - 2));
    at += 4;
    const valueLength = view.getUint32(at - 4);
    const value = valueLength === deletion ? undefined : take(valueLength);
    changes.push({ space, key, value });
  }
  return changes;
}
