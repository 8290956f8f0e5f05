/** Code of functions as requests bring it, for tests: an archive of stored files. */

import { concatBytes, utf8 } from "../base/mod.ts";

export function zipOf(files: Readonly<Record<string, string>>): Uint8Array {
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let at = 0;
  for (const [path, text] of Object.entries(files)) {
    const [name, bytes] = [utf8(path), utf8(text)];
    const shared = [20, 0, 0, 0, 0].flatMap((value) => little(value, 2));
    const sizes = [0, bytes.length, bytes.length].flatMap((value) => little(value, 4));
    const lengths = [...little(name.length, 2), 0, 0];
    const header = [...little(0x04034b50, 4), ...shared, ...sizes, ...lengths];
    parts.push(new Uint8Array(header), name, bytes);
    const head = [...little(0x02014b50, 4), 20, 3, ...shared, ...sizes, ...lengths];
    const rest = [...little(0, 6), 0, 0, 0xa4, 0x81];
    directory.push(new Uint8Array([...head, ...rest, ...little(at, 4)]), name);
    at += header.length + name.length + bytes.length;
  }
  const listed = concatBytes(directory);
  const count = little(Object.keys(files).length, 2);
  const end = [...little(0x06054b50, 4), ...little(0, 4), ...count, ...count];
  const place = [...little(listed.length, 4), ...little(at, 4), 0, 0];
  return concatBytes([...parts, listed, new Uint8Array([...end, ...place])]);
}

function little(value: number, byteCount: number): number[] {
  return Array.from({ length: byteCount }, (_, at) => Math.floor(value / 256 ** at) % 256);
}
