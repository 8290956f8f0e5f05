/**
 * Messages of one kind look alike: the same members in the same order, minified, and nothing in
 * them that needs care. Bytes that have the form of some seen before are read by going along that
 * form, for less than `JSON.parse` takes, and without looking once more for what it may have lost.
 * All others are left to the caller, so that what is JSON is decided in one place.
 *
 * What is read is written already as JSON would be written: see `reading.ts`.
 */

import { isUtf8 } from "node:buffer";
import { noBytes, utf8 } from "../../base/mod.ts";
import { type Form, formOf } from "./form.ts";
import { Reading } from "./reading.ts";
import type { Value } from "./value.ts";

/** What is larger does not come often, and `JSON.parse` is quick with long texts. */
const bytesMax = 4_096;
const formsMax = 8;
/** Of the bytes that have no form here one in so many is learned from. */
const learnEvery = 16;
/** A double carries every number of fewer characters than 16, the point included. */
const numberLengthMax = 15;

export class LookAlikes {
  /** Those that were of use lately come first. */
  readonly #forms: Form[] = [];
  #strangerCount = 0;
  /** Of the bytes that are being read. */
  #bytes: Uint8Array = noBytes;
  #at = 0;
  #isAscii = true;

  /** `undefined` when the bytes have no form that is known, or are not UTF-8. */
  read(bytes: Uint8Array): Reading | undefined {
    if (bytes.length > bytesMax || bytes[bytes.length - 1] !== brace) return undefined;
    const forms = this.#forms;
    for (let index = 0; index < forms.length; index += 1) {
      const form = forms[index]!;
      const reading = this.#readAs(form, bytes);
      if (reading === undefined) continue;
      if (index > 0) {
        forms[index] = forms[index - 1]!;
        forms[index - 1] = form;
      }
      return reading;
    }
    return undefined;
  }

  /** Of bytes without a form, and what they turned out to be. */
  learn(bytes: Uint8Array, value: Value): void {
    if (bytes.length > bytesMax) return;
    this.#strangerCount += 1;
    if (this.#strangerCount % learnEvery !== 1) return;
    const form = formOf(value);
    // A text with blanks, say, would not be read by its own form either.
    if (form === undefined || this.#readAs(form, bytes) === undefined) return;
    if (this.#forms.length === formsMax) this.#forms.pop();
    this.#forms.unshift(form);
  }

  #readAs(form: Form, bytes: Uint8Array): Reading | undefined {
    this.#bytes = bytes;
    this.#at = 0;
    this.#isAscii = form.isAscii;
    if (!this.#passHead(form, 0)) return undefined;
    const values = form.noValues.slice();
    const marks = form.noMarks.slice();
    for (let index = 0; index < form.keys.length; index += 1) {
      if (index > 0 && !this.#passHead(form, index)) return undefined;
      const start = this.#at;
      const isText = bytes[start] === quote;
      const length = isText ? this.#passText() : -1;
      const value = isText ? undefined : this.#readValue();
      if (isText ? length < 0 : value === undefined) return undefined;
      values[index] = value;
      marks[3 * index] = start;
      marks[3 * index + 1] = this.#at;
      marks[3 * index + 2] = length;
    }
    if (this.#at !== bytes.length - 1) return undefined;
    if (!this.#isAscii && !isUtf8(bytes)) return undefined;
    return new Reading(form, bytes, { values, marks });
  }

  /** Stands behind it then. */
  #passHead({ heads, headEnds }: Form, index: number): boolean {
    const bytes = this.#bytes;
    const start = index === 0 ? 0 : headEnds[index - 1]!;
    const length = headEnds[index]! - start;
    const at = this.#at;
    if (at + length >= bytes.length) return false;
    for (let offset = 0; offset < length; offset += 1) {
      if (bytes[at + offset] !== heads[start + offset]) return false;
    }
    this.#at = at + length;
    return true;
  }

  /**
   * The text's length in code units; it stands behind the second quote then. -1 when there is none,
   * or an escape.
   */
  #passText(): number {
    const bytes = this.#bytes;
    const { length } = bytes;
    const start = this.#at + 1;
    let excess = 0;
    for (let at = start; at < length; at += 1) {
      const kind = textKinds[bytes[at]!]!;
      if (kind === plainByte) continue;
      if (kind === endOfText) {
        this.#at = at + 1;
        return bytes[at] === quote ? at - start - excess : -1;
      }
      this.#isAscii = false;
      excess += kind - firstByte;
    }
    return -1;
  }

  /** Stands behind it then; `undefined` when it is none of the plainest, or a text. */
  #readValue(): Value {
    const code = this.#bytes[this.#at]!;
    if (code === minus || isDigit(code)) return this.#readNumber();
    for (const { word, value } of words) {
      if (!this.#isWord(word)) continue;
      this.#at += word.length;
      return value;
    }
    return undefined;
  }

  #isWord(word: Uint8Array): boolean {
    for (let index = 0; index < word.length; index += 1) {
      if (this.#bytes[this.#at + index] !== word[index]) return false;
    }
    return true;
  }

  /** The last byte of all is a brace, so that reading ends there at the latest. */
  #readNumber(): number | undefined {
    const bytes = this.#bytes;
    const start = this.#at;
    const isNegative = bytes[start] === minus;
    const first = isNegative ? start + 1 : start;
    let digits = 0;
    let at = first;
    for (; isDigit(bytes[at]!); at += 1) digits = digits * 10 + bytes[at]! - zero;
    const pointAt = at;
    if (at === first || (at - first > 1 && bytes[first] === zero)) return undefined;
    if (bytes[at] === point) {
      for (at += 1; isDigit(bytes[at]!); at += 1) digits = digits * 10 + bytes[at]! - zero;
      // The first version does not drop a zero at the end.
      if (at === pointAt + 1 || bytes[at - 1] === zero) return undefined;
    }
    const isEnd = bytes[at] === comma || bytes[at] === brace;
    if (!isEnd || at - start > numberLengthMax) return undefined;
    this.#at = at;
    if (at > pointAt) return fractionOf(isNegative ? -digits : digits, at - pointAt - 1);
    if (isNegative) return digits === 0 ? undefined : -digits; // there is a negative zero in JSON
    return digits;
  }
}

/** Exact, as both are small enough for a double; `undefined` for what JSON gives an exponent. */
function fractionOf(digits: number, places: number): number | undefined {
  const fraction = digits / powersOfTen[places]!;
  return Math.abs(fraction) < 1e-6 ? undefined : fraction;
}

const powersOfTen = Array.from({ length: numberLengthMax }, (_, places) => 10 ** places);
const quote = 0x22;
const backslash = 0x5c;
const brace = 0x7d;
const space = 0x20;
const zero = 0x30;
const nine = 0x39;
const point = 0x2e;
const minus = 0x2d;
const comma = 0x2c;
const words: readonly { readonly word: Uint8Array; readonly value: Value }[] = [
  { word: utf8("true"), value: true },
  { word: utf8("false"), value: false },
  { word: utf8("null"), value: null },
];

/**
 * Of a byte in a text: what ends the text, or asks for care; plain ASCII; or how many bytes more
 * than code units of UTF-16 it brings, counted from `firstByte`. Of three bytes that are one code
 * unit the two that continue bring one each; of four that are two the first takes one back.
 */
const endOfText = 0;
const plainByte = 1;
const firstByte = 3;
const textKinds = Uint8Array.from({ length: 256 }, (_, byte) => {
  if (byte === quote || byte === backslash || byte < space) return endOfText;
  if (byte < 0x80) return plainByte;
  if (byte < 0xc0) return firstByte + 1;
  return byte < 0xf0 ? firstByte : firstByte - 1;
});

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}
