/** Makes ZIP archives for tests. */

import { deflateRawSync } from "node:zlib";
import { concatBytes, utf8 } from "../../base/mod.ts";

export interface ZipEntry {
  readonly path: string;
  readonly text: string;
  /** As Unix has it; absent: a plain file. */
  readonly mode?: number;
  readonly stored?: boolean;
  /** What the directory says of the size, where that is not the truth. */
  readonly size?: number;
}

export function makeZip(entries: readonly ZipEntry[]): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const entry of entries) {
    const name = utf8(entry.path);
    const bytes = utf8(entry.text);
    const packed = entry.stored ? bytes : new Uint8Array(deflateRawSync(bytes));
    const sizes = [Bun.hash.crc32(bytes), packed.length, entry.size ?? bytes.length];
    const method = entry.stored ? 0 : 8;
    const shared = [...pairs(20, 0, method, 0, 0), ...quads(...sizes), ...pairs(name.length, 0)];
    parts.push(new Uint8Array([...quads(0x04034b50), ...shared]), name, packed);
    const mode = ((entry.mode ?? 0o100644) << 16) >>> 0;
    const head = [...quads(0x02014b50), ...pairs(0x314), ...shared, ...pairs(0, 0, 0)];
    directory.push(new Uint8Array([...head, ...quads(mode, at)]), name);
    at += 30 + name.length + packed.length;
  }
  const listed = concatBytes(directory);
  const count = entries.length;
  const end = [...quads(0x06054b50), ...pairs(0, 0, count, count), ...quads(listed.length, at)];
  return concatBytes([...parts, listed, new Uint8Array([...end, 0, 0])]);
}

function pairs(...values: number[]): number[] {
  return values.flatMap((value) => [value & 0xff, (value >> 8) & 0xff]);
}

function quads(...values: number[]): number[] {
  return values.flatMap((value) => [0, 8, 16, 24].map((shift) => (value >>> shift) & 0xff));
}
