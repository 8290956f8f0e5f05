/** UTF-8 as MQTT wants it: strict, without U+0000, and a byte order mark is a character. */

// `ignoreBOM` keeps a leading U+FEFF in the text [MQTT-1.5.3-3] [MQTT5-1.5.4-3]
const strictUtf8 = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const utf8 = new TextEncoder();

/** The text of well-formed UTF-8, else undefined (overlong forms and surrogates included). */
export function decodeText(bytes: Uint8Array): string | undefined {
  try {
    return strictUtf8.decode(bytes);
  } catch {
    return undefined; // [MQTT-1.5.3-1]
  }
}

/** How many bytes `text` takes in UTF-8. A lone surrogate counts three. */
export function textByteLength(text: string): number {
  let count = text.length;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit < 0x80) continue;
    if (unit < 0x800) count += 1;
    else if (isSurrogatePair(unit, text.charCodeAt(at + 1))) {
      count += 2;
      at += 1;
    } else count += 2;
  }
  return count;
}

/** Writes `text` as UTF-8 into `target` at `at`; `byteLength` is that of `textByteLength`. */
export function writeText(text: string, byteLength: number, target: Uint8Array, at: number): void {
  if (byteLength !== text.length) {
    utf8.encodeInto(text, target.subarray(at, at + byteLength));
    return;
  }
  // Most topics are ASCII; a plain loop saves the view that `encodeInto` needs.
  for (let index = 0; index < byteLength; index++) target[at + index] = text.charCodeAt(index);
}

function isSurrogatePair(unit: number, next: number): boolean {
  return unit >= 0xd800 && unit < 0xdc00 && next >= 0xdc00 && next < 0xe000;
}
