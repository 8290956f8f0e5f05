/** Ids and secrets as AWS spells them: which letters, how many. */

import { createHmac, timingSafeEqual } from "node:crypto";
import { utf8 } from "../base/mod.ts";

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/** Each byte gives one letter out of 32. */
export function idLetters(bytes: Uint8Array): string {
  let text = "";
  for (const byte of bytes) text += letters[byte % letters.length];
  return text;
}

/** 40 characters of base64, as a secret access key has them. */
export function secretFor(key: Uint8Array, accessKeyId: string): string {
  return mac(key, accessKeyId).subarray(0, 30).toString("base64");
}

export function mac(key: Uint8Array, data: string | Uint8Array): Buffer {
  return createHmac("sha256", key).update(data).digest();
}

/** In a time that says nothing about where they differ. */
export function isSameText(left: string, right: string): boolean {
  const [one, other] = [utf8(left), utf8(right)];
  return one.length === other.length && timingSafeEqual(one, other);
}
