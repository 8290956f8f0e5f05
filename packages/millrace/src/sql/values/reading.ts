/**
 * A payload that was read along a form: what its members are, and where each stands in the bytes.
 *
 * Each member stands there as JSON of its value is written, minified and without an escape. So who
 * copies a member may copy its bytes, and much that is asked of a text its bytes answer. A text is
 * made when somebody wants it as a value, and of its own bytes alone, so that it holds no others.
 */

import { textOf } from "../../base/mod.ts";
import type { Form } from "./form.ts";
import type { Value } from "./value.ts";

/** What going along a form found out, in the order of the form's keys. */
export interface Found {
  /** Undefined for a text, which is still to be made. */
  readonly values: Value[];
  /**
   * Three of each value: where it begins, where it ends, of a text with its quotes, and how many
   * code units of UTF-16 a text has; -1 of what is none.
   */
  readonly marks: readonly number[];
}

const space = 0x20;
const delete_ = 0x7f;

/** The text of ASCII in bytes, for half of what a decoder takes. */
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
};

export class Reading {
  readonly form: Form;
  readonly bytes: Uint8Array;
  readonly #marks: readonly number[];
  readonly #values: Value[];
  #members: Readonly<Record<string, Value>> | undefined;

  /** Of bytes that are UTF-8. */
  constructor(form: Form, bytes: Uint8Array, found: Found) {
    this.form = form;
    this.bytes = bytes;
    this.#marks = found.marks;
    this.#values = found.values;
  }

  /** Of the member of that number in the form; Undefined for a number that is negative. */
  valueAt(index: number): Value {
    const value = this.#values[index];
    return value === undefined && index >= 0 ? this.#makeText(index) : value;
  }

  /** In code units of UTF-16, of a member that is a text; -1 of any other, or none. */
  textLengthAt(index: number): number {
    return index < 0 ? -1 : this.#marks[3 * index + 2]!;
  }

  /** Where that member begins, of a text with its quote. */
  startAt(index: number): number {
    return this.#marks[3 * index]!;
  }

  /** Where that member ends. */
  endAt(index: number): number {
    return this.#marks[3 * index + 1]!;
  }

  /** Where the text of that member begins, behind its quote. */
  textStartAt(index: number): number {
    return this.#marks[3 * index]! + 1;
  }

  /** Whether the text of that member is ASCII: every other character has more bytes than units. */
  isAsciiAt(index: number): boolean {
    const marks = this.#marks;
    return marks[3 * index + 1]! - marks[3 * index]! - 2 === marks[3 * index + 2];
  }

  /** Whether the text of that member is the one of these bytes. */
  isTextAt(index: number, expected: Uint8Array): boolean {
    const start = this.textStartAt(index);
    const { bytes } = this;
    if (this.endAt(index) - 1 - start !== expected.length) return false;
    for (let at = 0; at < expected.length; at += 1) {
      if (bytes[start + at] !== expected[at]) return false;
    }
    return true;
  }

  /** Whether some character of that text is ASCII, and neither blank nor control. */
  hasVisibleAt(index: number): boolean {
    const end = this.endAt(index) - 1;
    for (let at = this.textStartAt(index); at < end; at += 1) {
      const byte = this.bytes[at]!;
      if (byte > space && byte < delete_) return true;
    }
    return false;
  }

  /** All members as a plain object, the same one each time. */
  get members(): Readonly<Record<string, Value>> {
    this.#members ??= this.#makeMembers();
    return this.#members;
  }

  #makeText(index: number): string {
    const start = this.textStartAt(index);
    const end = this.endAt(index) - 1;
    const text = this.isAsciiAt(index)
      ? latin1Slice.call(this.bytes, start, end)
      : textOf(this.bytes.subarray(start, end));
    this.#values[index] = text;
    return text;
  }

  #makeMembers(): Record<string, Value> {
    const { keys, empty } = this.form;
    const members = { ...empty };
    for (let index = 0; index < keys.length; index += 1) {
      members[keys[index]!] = this.valueAt(index);
    }
    return members;
  }
}
