/**
 * Reads a ZIP archive, as it comes with a function's code: stored and deflated files, by the
 * directory at its end. Left out, and refused: encryption, several disks, ZIP64.
 *
 * A name never leads out of the folder, links are not made, and what comes out is bounded before it
 * is made.
 */

import { inflateRawSync } from "node:zlib";
import { textOf } from "../../base/mod.ts";

export interface ArchivedFile {
  /** Relative, with `/`. */
  readonly path: string;
  readonly bytes: Uint8Array;
  readonly executable: boolean;
}

const endSignature = 0x06054b50;
const entrySignature = 0x02014b50;
const endBytes = 22;
const entryBytes = 46;
const commentBytesMax = 65_535;

/** The files of the archive, folders aside; a text says why it cannot be read. */
export function unzip(archive: Uint8Array, bytesMax: number): ArchivedFile[] | string {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = findEnd(view);
  if (end === undefined) return "it has no directory at its end";
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  let bytesLeft = bytesMax;
  const files: ArchivedFile[] = [];
  for (let index = 0; index < count; index += 1) {
    if (at + entryBytes > archive.length || view.getUint32(at, true) !== entrySignature) {
      return `its directory breaks off at entry ${index}`;
    }
    const entry = readEntry(view, at);
    at = entry.nextAt;
    if (entry.path.endsWith("/")) continue;
    if (!isInside(entry.path)) return `the name "${entry.path}" leads out of the folder`;
    if (entry.isLink) return `"${entry.path}" is a link, which is not implemented`;
    bytesLeft -= entry.size;
    if (bytesLeft < 0) return `unzipped it takes more than ${bytesMax} bytes`;
    const bytes = readContent(archive, view, entry);
    if (typeof bytes === "string") return `"${entry.path}" ${bytes}`;
    files.push({ path: entry.path, bytes, executable: entry.executable });
  }
  return files;
}

interface Entry {
  readonly path: string;
  readonly encrypted: boolean;
  readonly method: number;
  readonly packedSize: number;
  readonly size: number;
  readonly headerAt: number;
  readonly executable: boolean;
  readonly isLink: boolean;
  readonly nextAt: number;
}

function readEntry(view: DataView, at: number): Entry {
  const nameBytes = view.getUint16(at + 28, true);
  const rest = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  const nameAt = at + entryBytes;
  const name = new Uint8Array(view.buffer, view.byteOffset + nameAt, nameBytes);
  const mode = view.getUint32(at + 38, true) >>> 16; // as Unix has it
  return {
    path: textOf(name),
    encrypted: (view.getUint16(at + 8, true) & 1) === 1,
    method: view.getUint16(at + 10, true),
    packedSize: view.getUint32(at + 20, true),
    size: view.getUint32(at + 24, true),
    headerAt: view.getUint32(at + 42, true),
    executable: (mode & 0o111) !== 0,
    isLink: (mode & 0o170000) === 0o120000,
    nextAt: nameAt + nameBytes + rest,
  };
}

function readContent(archive: Uint8Array, view: DataView, entry: Entry): Uint8Array | string {
  const { headerAt, packedSize, size } = entry;
  if (entry.encrypted) return "is encrypted";
  if (headerAt + 30 > archive.length) return "is not in the archive";
  const start =
    headerAt + 30 + view.getUint16(headerAt + 26, true) + view.getUint16(headerAt + 28, true);
  if (start + packedSize > archive.length) return "breaks off";
  const packed = archive.subarray(start, start + packedSize);
  if (entry.method === 0) return packed.length === size ? packed : "has another size than it says";
  if (entry.method !== 8) return `is packed by method ${entry.method}, which is not implemented`;
  try {
    const bytes = inflateRawSync(packed, { maxOutputLength: Math.max(size, 1) });
    return bytes.length === size ? new Uint8Array(bytes) : "has another size than it says";
  } catch {
    return "cannot be unpacked"; // zlib says no more than that
  }
}

/** The last of the archive, behind which a comment may stand. */
function findEnd(view: DataView): number | undefined {
  const last = view.byteLength - endBytes;
  for (let at = last; at >= Math.max(0, last - commentBytesMax); at -= 1) {
    if (view.getUint32(at, true) === endSignature) return at;
  }
  return undefined;
}

function isInside(path: string): boolean {
  if (path === "" || path.startsWith("/") || /[\0\\]/.test(path)) return false;
  return !path.split("/").some((part) => part === ".." || part === "." || part === "");
}
