/**
 * Messages of one kind look alike: the same members in the same order, minified, and nothing in
 * them that needs care. A text that has the form of one seen before is read by going along that
 * form, for less than `JSON.parse` takes and without looking once more for what it may have lost.
 * Any other text is left to the caller, so that what is JSON is decided in one place.
 */

import { isPlainKey, type Value } from "./value.ts";

/** Of a form: `{"v":`, then `,"type":` and so on, the keys by themselves, and an object of them. */
interface Form {
  readonly heads: readonly string[];
  readonly keys: readonly string[];
  readonly empty: Readonly<Record<string, Value>>;
}

type Members = Record<string, Value>;

/**
 * A string that is read along a form is a part of the text and holds all of it as long as somebody
 * has the string, which may be a single letter. Those of longer texts `JSON.parse` copies.
 */
const textLengthMax = 4_096;
/** Longer ones would make learning dear. */
const keysMax = 32;
const headsLengthMax = 2_048;
const formsMax = 8;
/** Of the texts that have no form here one in so many is learned from. */
const learnEvery = 16;
/** A double carries every number of fewer characters than 16, the point included. */
const numberLengthMax = 15;

export class LookAlikes {
  /** Those that were of use lately come first. */
  readonly #forms: Form[] = [];
  #strangerCount = 0;
  #text = "";
  #at = 0;

  /** What `JSON.parse` gives, or `undefined` when the text has no form that is known. */
  read(text: string): Members | undefined {
    if (text.length > textLengthMax) return undefined;
    const forms = this.#forms;
    for (let index = 0; index < forms.length; index += 1) {
      const form = forms[index]!;
      const members = this.#readAs(form, text);
      if (members === undefined) continue;
      if (index > 0) {
        forms[index] = forms[index - 1]!;
        forms[index - 1] = form;
      }
      return members;
    }
    return undefined;
  }

  /** Of a text without a form, and what it turned out to be. */
  learn(text: string, value: Value): void {
    if (text.length > textLengthMax) return;
    this.#strangerCount += 1;
    if (this.#strangerCount % learnEvery !== 1) return;
    const form = formOf(value);
    // A text with blanks, say, would not be read by its own form either.
    if (form === undefined || this.#readAs(form, text) === undefined) return;
    if (this.#forms.length === formsMax) this.#forms.pop();
    this.#forms.unshift(form);
  }

  #readAs({ heads, keys, empty }: Form, text: string): Members | undefined {
    if (!text.startsWith(heads[0]!)) return undefined;
    const members: Members = { ...empty };
    this.#text = text;
    this.#at = 0;
    for (let index = 0; index < heads.length; index += 1) {
      const head = heads[index]!;
      if (index > 0 && !text.startsWith(head, this.#at)) return undefined;
      this.#at += head.length;
      const value = this.#readValue();
      if (value === undefined) return undefined;
      members[keys[index]!] = value;
    }
    const isAll = this.#at === text.length - 1 && text.charCodeAt(this.#at) === brace;
    return isAll ? members : undefined;
  }

  /** Stands behind it then; `undefined` when it is none of the plainest. */
  #readValue(): Value {
    const code = this.#text.charCodeAt(this.#at);
    if (code === quote) return this.#readString();
    if (code === minus || isDigit(code)) return this.#readNumber();
    for (const [word, value] of words) {
      if (!this.#text.startsWith(word, this.#at)) continue;
      this.#at += word.length;
      return value;
    }
    return undefined;
  }

  #readString(): string | undefined {
    const text = this.#text;
    const start = this.#at + 1;
    for (let at = start; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code === quote) {
        this.#at = at + 1;
        return text.slice(start, at);
      }
      if (code === backslash || code < space) return undefined;
    }
    return undefined;
  }

  #readNumber(): number | undefined {
    const text = this.#text;
    const start = this.#at;
    const isNegative = text.charCodeAt(start) === minus;
    const first = isNegative ? start + 1 : start;
    let whole = 0;
    let at = first;
    for (; isDigit(text.charCodeAt(at)); at += 1) whole = whole * 10 + text.charCodeAt(at) - zero;
    const digits = at - first;
    if (digits === 0 || (digits > 1 && text.charCodeAt(first) === zero)) return undefined;
    const hasFraction = text.charCodeAt(at) === point;
    if (hasFraction) at = this.#endOfFraction(at);
    const isEnd = text.charCodeAt(at) === comma || text.charCodeAt(at) === brace;
    if (!isEnd || at - start > numberLengthMax) return undefined;
    this.#at = at;
    if (hasFraction) return Number(text.slice(start, at));
    if (isNegative) return whole === 0 ? undefined : -whole; // there is a negative zero in JSON
    return whole;
  }

  /** In front of its last digit when that is a zero, which the first version does not drop. */
  #endOfFraction(pointAt: number): number {
    const text = this.#text;
    let at = pointAt + 1;
    while (isDigit(text.charCodeAt(at))) at += 1;
    return text.charCodeAt(at - 1) === zero || at === pointAt + 1 ? pointAt : at;
  }
}

const quote = 0x22;
const backslash = 0x5c;
const brace = 0x7d;
const space = 0x20;
const zero = 0x30;
const nine = 0x39;
const point = 0x2e;
const minus = 0x2d;
const comma = 0x2c;
const words: readonly (readonly [string, Value])[] = [
  ["true", true],
  ["false", false],
  ["null", null],
];

function isDigit(code: number): boolean {
  return code >= zero && code <= nine;
}

/** `undefined` when a text of this value could not be read by its form. */
function formOf(value: Value): Form | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (Object.getPrototypeOf(value) !== Object.prototype) return undefined;
  const keys = Object.keys(value);
  if (keys.length === 0 || keys.length > keysMax || !keys.every(isPlainKey)) return undefined;
  const heads = keys.map((key, index) => `${index === 0 ? "{" : ","}${JSON.stringify(key)}:`);
  if (heads.join("").length > headsLengthMax) return undefined;
  const empty = Object.fromEntries(keys.map((key) => [key, undefined]));
  return { heads, keys, empty };
}
