/** PEM: bytes between two lines that say what they are [RFC 7468]. */

import { fromBase64, toBase64 } from "../../base/mod.ts";

const lineCharacters = 64;

/**
 * The bytes of the one block in the text, whose label is one of those; a sentence when there is
 * none, or more than one. Text around the block says nothing.
 */
export function readPem(text: string, labels: readonly string[]): Uint8Array | string {
  const blocks = [...text.matchAll(/-----BEGIN ([A-Z0-9 ]{1,40})-----([^-]*)-----END \1-----/g)];
  const [only] = blocks;
  if (!only) return `there is no "-----BEGIN ${labels[0]}-----" with its end`;
  if (blocks.length > 1) return `there are ${blocks.length} blocks of PEM where one is wanted`;
  const [, label = "", body = ""] = only;
  if (!labels.includes(label)) return `it is a "${label}", not a "${labels[0]}"`;
  const bytes = fromBase64(body.replace(/\s+/g, ""));
  return bytes && bytes.length > 0 ? bytes : "what stands between its lines is not base64";
}

export function writePem(label: string, bytes: Uint8Array): string {
  const lines = toBase64(bytes).match(new RegExp(`.{1,${lineCharacters}}`, "g")) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
