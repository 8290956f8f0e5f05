/**
 * The address of a record as one string, so that maps can hold records.
 *
 * A key is spelled in Latin-1, one character a byte: JavaScript's order of such strings is then
 * the unsigned order of their bytes. A space has no NUL, so no two addresses share a spelling.
 */

import { assert } from "../base/mod.ts";
import { keyBytesMax } from "./limits.ts";
import type { Key, RecordAddress } from "./records.ts";

/** Of any array; to make a `Buffer` of a small one lets the runtime move it. */
const latin1Of: (this: Uint8Array, encoding: "latin1") => string = Buffer.prototype.toString;

export function spellKey(key: Key): string {
  assert(key.length <= keyBytesMax, `a key of ${key.length} bytes is longer than ${keyBytesMax}`);
  return spellBound(key);
}

/** The same of the end of a range, which need not be a key and has any length. */
export function spellBound(bound: Uint8Array): string {
  return latin1Of.call(bound, "latin1");
}

/** The bytes of a spelled key, in an array of their own. */
export function bytesOfKey(spelled: string): Key {
  const bytes = new Uint8Array(spelled.length);
  for (let at = 0; at < spelled.length; at += 1) bytes[at] = spelled.charCodeAt(at);
  return bytes;
}

export function spellAddress(address: RecordAddress): string {
  return `${address.space}\0${spellKey(address.key)}`;
}
