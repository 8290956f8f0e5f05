/**
 * The address of a record as one string, so that maps can hold records.
 *
 * A key is spelled in Latin-1, one character a byte: JavaScript's order of such strings is then
 * the unsigned order of their bytes. A space has no NUL, so no two addresses share a spelling.
 */

import { assert } from "../base/mod.ts";
import { keyBytesMax } from "./limits.ts";
import type { Key, RecordAddress } from "./records.ts";

export function spellKey(key: Key): string {
  assert(key.length <= keyBytesMax, `a key of ${key.length} bytes is longer than ${keyBytesMax}`);
  // Asking a small array for its buffer makes the runtime move it, at three times the cost.
  let spelled = "";
  for (let at = 0; at < key.length; at += 1) spelled += String.fromCharCode(key[at]!);
  return spelled;
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
