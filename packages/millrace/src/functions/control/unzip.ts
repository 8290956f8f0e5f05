/**
 * Reads a ZIP archive, as it comes with a function's code: stored and deflated files, by the
 * directory at its end. Left out, and refused: encryption, several disks, ZIP64.
 *
 * A name never leads out of the folder, of two files of one name the last counts, links are not
 * made, and what comes out is bounded before it is made. Files are unpacked one after the other,
 * off this thread: a large archive holds up no message.
 */

import { promisify } from "node:util";
import { inflateRaw } from "node:zlib";
import { shortened, textOf } from "../../base/mod.ts";

const inflate = promisify<Uint8Array, { readonly maxOutputLength: number }, Uint8Array>(inflateRaw);

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
/** What file systems take; a path keeps room for the folder that it comes into. */
const nameBytesMax = 255;
const pathBytesMax = 1024;

/**
 * The files of the archive, folders aside; a text says why it cannot be read. The archive stays as
 * it is until then.
 */
export async function unzip(
  archive: Uint8Array,
  bytesMax: number,
): Promise<ArchivedFile[] | string> {
  const view = new DataView(archive.buffer, archive.byteOffset, archive.byteLength);
  const end = findEnd(view);
  if (end === undefined) return "it has no directory at its end";
  const count = view.getUint16(end + 10, true);
  let at = view.getUint32(end + 16, true);
  let bytesLeft = bytesMax;
  const files = new Map<string, ArchivedFile>();
  const names = new Map<string, "file" | "folder">();
  for (let index = 0; index < count; index += 1) {
    if (at + entryBytes > archive.length || view.getUint32(at, true) !== entrySignature) {
      return `its directory breaks off at entry ${index}`;
    }
    const entry = readEntry(view, at);
    if (!entry) return `its directory breaks off at entry ${index}`;
    at = entry.nextAt;
    if (entry.path.endsWith("/")) continue;
    const problem = checkPath(entry.path, names);
    if (problem) return problem;
    if (entry.isLink) return `"${entry.path}" is a link, which is not implemented`;
    bytesLeft -= entry.size;
    if (bytesLeft < 0) return `Unzipped size must be smaller than ${bytesMax} bytes`;
    const bytes = await readContent(archive, view, entry);
    if (typeof bytes === "string") return `"${entry.path}" ${bytes}`;
    files.set(entry.path, { path: entry.path, bytes, executable: entry.executable });
  }
  return [...files.values()];
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

/** `undefined`: its name, or what stands behind it, is not all there. */
function readEntry(view: DataView, at: number): Entry | undefined {
  const nameBytes = view.getUint16(at + 28, true);
  const rest = view.getUint16(at + 30, true) + view.getUint16(at + 32, true);
  const nameAt = at + entryBytes;
  const nextAt = nameAt + nameBytes + rest;
  if (nextAt > view.byteLength) return undefined;
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
    nextAt,
  };
}

async function readContent(
  archive: Uint8Array,
  view: DataView,
  entry: Entry,
): Promise<Uint8Array | string> {
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
    const bytes = await inflate(packed, { maxOutputLength: Math.max(size, 1) });
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

/** What is wrong with the path of a file; else it and the folders above it are among `names`. */
function checkPath(path: string, names: Map<string, "file" | "folder">): string | undefined {
  if (!isInside(path)) return `the name "${path}" leads out of the folder`;
  const parts = path.split("/");
  if (parts.some((part) => Buffer.byteLength(part) > nameBytesMax)) {
    return `the name "${shortened(path)}" is longer than ${nameBytesMax} bytes`;
  }
  if (Buffer.byteLength(path) > pathBytesMax) {
    return `the path "${shortened(path)}" is longer than ${pathBytesMax} bytes`;
  }
  for (let end = 1; end < parts.length; end += 1) {
    const folder = parts.slice(0, end).join("/");
    if (names.get(folder) === "file") return `"${folder}" is a file and a folder`;
    names.set(folder, "folder");
  }
  if (names.get(path) === "folder") return `"${path}" is a file and a folder`;
  names.set(path, "file");
  return undefined;
}

function isInside(path: string): boolean {
  if (path === "" || path.startsWith("/") || /[\0\\]/.test(path)) return false;
  return !path.split("/").some((part) => part === ".." || part === "." || part === "");
}
