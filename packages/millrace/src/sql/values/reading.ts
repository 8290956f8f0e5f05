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
  /** Of each value where it begins, and where it ends: of a text with its quotes. */
  readonly places: readonly number[];
  /** Code units of UTF-16, of each text; -1 of what is none. */
  readonly lengths: readonly number[];
}

/** The text of ASCII in bytes, for half of what a decoder takes. */
const { latin1Slice } = Buffer.prototype as unknown as {
  latin1Slice(this: Uint8Array, start: number, end: number): string;
};

export class Reading {
  readonly form: Form;
  readonly bytes: Uint8Array;
  readonly places: readonly number[];
  readonly #lengths: readonly number[];
  readonly #values: Value[];
  #members: Readonly<Record<string, Value>> | undefined;

  /** Of bytes that are UTF-8. */
  constructor(form: Form, bytes: Uint8Array, found: Found) {
    this.form = form;
    this.bytes = bytes;
    this.places = found.places;
    this.#lengths = found.lengths;
    this.#values = found.values;
  }

  /** Of the member of that number in the form; Undefined for a number that is negative. */
  valueAt(index: number): Value {
    const value = this.#values[index];
    return value === undefined && index >= 0 ? this.#makeText(index) : value;
  }

  /** In code units of UTF-16, of a member that is a text; -1 of any other, or none. */
  textLengthAt(index: number): number {
    return index < 0 ? -1 : this.#lengths[index]!;
  }

  /** Where the text of that member begins, behind its quote. */
  textStartAt(index: number): number {
    return this.places[2 * index]! + 1;
  }

  /** Whether the text of that member is ASCII: every other character has more bytes than units. */
  isAsciiAt(index: number): boolean {
    const { places } = this;
    return places[2 * index + 1]! - places[2 * index]! - 2 === this.#lengths[index];
  }

  /** Whether the text of that member is the one of these bytes. */
  isTextAt(index: number, expected: Uint8Array): boolean {
    const start = this.textStartAt(index);
    const { bytes, places } = this;
    if (places[2 * index + 1]! - 1 - start !== expected.length) return false;
    for (let at = 0; at < expected.length; at += 1) {
      if (bytes[start + at] !== expected[at]) return false;
    }
    return true;
  }

  /** All members as a plain object, the same one each time. */
  get members(): Readonly<Record<string, Value>> {
    this.#members ??= this.#makeMembers();
    return this.#members;
  }

  #makeText(index: number): string {
    const start = this.textStartAt(index);
    const end = this.places[2 * index + 1]! - 1;
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
