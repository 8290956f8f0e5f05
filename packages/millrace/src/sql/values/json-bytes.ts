/**
 * The JSON of an object, put together as bytes: parts of a payload as they stand there, and values
 * that are small and plain. What is not is refused, and the caller then has to write all of it
 * otherwise.
 */

import type { Value } from "./value.ts";

const bytesMax = 64 * 1024;
/** Of a value's text. */
const textLengthMax = 1_024;
/** What one value may take, of a text each code unit of which becomes an escape. */
const valueBytesMax = 6 * textLengthMax + 2;
/** The comma in front of a member and the brace at the end. */
const marks = 2;
/** Fewer are copied one by one. */
const copiedByCallMin = 24;

const encoder = new TextEncoder();

/** Writes one object at a time, into memory that is used again and again. */
export class JsonBytes {
  readonly #memory = new Uint8Array(bytesMax);
  #length = 0;

  /** Forgets what was written before. */
  begin(): void {
    this.#length = 0;
  }

  /** The object that was written since its beginning, in an array of its own. */
  end(): Uint8Array {
    if (this.#length === 0) this.#put(brace);
    this.#put(endBrace);
    return this.#memory.slice(0, this.#length);
  }

  /** The key with its colon, then bytes from `start` to `end`; false when there is no room. */
  writePart(head: Uint8Array, bytes: Uint8Array, start: number, end: number): boolean {
    if (!this.#hasRoom(head.length + end - start)) return false;
    this.#writeHead(head);
    if (end - start < copiedByCallMin) this.#copy(bytes, start, end);
    else {
      // Without the view that `set` would need this takes half the time.
      Buffer.prototype.copy.call(bytes, this.#memory, this.#length, start, end);
      this.#length += end - start;
    }
    return true;
  }

  /** The key with its colon, then the value; false when it is not small and plain. */
  writeValue(head: Uint8Array, value: Value): boolean {
    const isLong = typeof value === "string" && value.length > textLengthMax;
    const isPlain = typeof value !== "bigint" && (typeof value !== "object" || value === null);
    if (isLong || !isPlain || !this.#hasRoom(head.length + valueBytesMax)) return false;
    this.#writeHead(head);
    if (typeof value === "string") this.#writeText(value);
    else if (typeof value === "number") this.#writeNumber(value);
    else this.#writeAscii(value === null ? "null" : value ? "true" : "false");
    return true;
  }

  #hasRoom(count: number): boolean {
    return this.#length + count + marks <= bytesMax;
  }

  #put(byte: number): void {
    this.#memory[this.#length] = byte;
    this.#length += 1;
  }

  #copy(bytes: Uint8Array, start: number, end: number): void {
    const memory = this.#memory;
    const offset = this.#length - start;
    for (let at = start; at < end; at += 1) memory[offset + at] = bytes[at]!;
    this.#length = offset + end;
  }

  #writeHead(head: Uint8Array): void {
    this.#put(this.#length === 0 ? brace : comma);
    this.#copy(head, 0, head.length);
  }

  #writeText(text: string): void {
    const memory = this.#memory;
    const start = this.#length + 1;
    memory[start - 1] = quote;
    for (let at = 0; at < text.length; at += 1) {
      const code = text.charCodeAt(at);
      if (code < space || code >= delete_ || code === quote || code === backslash) {
        const json = JSON.stringify(text);
        this.#length += encoder.encodeInto(json, memory.subarray(this.#length)).written;
        return;
      }
      memory[start + at] = code;
    }
    memory[start + text.length] = quote;
    this.#length = start + text.length + 1;
  }

  #writeNumber(number: number): void {
    if (!(Number.isInteger(number) && number >= 0 && number < cutMax)) {
      this.#writeAscii(`${number}`);
      return;
    }
    const high = (number / cut) | 0;
    const low = (number - high * cut) | 0;
    if (high > 0) this.#writeDigits(high, countDigits(high));
    this.#writeDigits(low, high > 0 ? 6 : countDigits(low));
  }

  /** Of an integer of at most nine digits, with zeros in front. */
  #writeDigits(number: number, digits: number): void {
    const memory = this.#memory;
    const start = this.#length;
    let rest = number;
    for (let at = start + digits - 1; at >= start; at -= 1) {
      const tenth = (rest * 0.1) | 0; // exact for so few digits, and quicker than to divide
      memory[at] = zero + rest - tenth * 10;
      rest = tenth;
    }
    this.#length = start + digits;
  }

  #writeAscii(text: string): void {
    for (let at = 0; at < text.length; at += 1) this.#put(text.charCodeAt(at));
  }
}

/** Small enough to be cut into two integers of 32 bits, of nine digits and of six. */
const cutMax = 1e15;
const cut = 1_000_000;

function countDigits(number: number): number {
  let digits = 1;
  while (digits < powersOfTen.length && number >= powersOfTen[digits]!) digits += 1;
  return digits;
}

const powersOfTen = Array.from({ length: 9 }, (_, power) => 10 ** power);
const brace = 0x7b;
const endBrace = 0x7d;
const comma = 0x2c;
const quote = 0x22;
const backslash = 0x5c;
const space = 0x20;
const delete_ = 0x7f;
const zero = 0x30;
