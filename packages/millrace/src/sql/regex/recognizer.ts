/**
 * Says whether a pattern matches anywhere in a text: the program turned into a table, built as
 * texts need it and bounded in size.
 *
 * A state is the set of instructions that may come next. Code points that no set of the pattern
 * tells apart share a class, so a step inside the text is one look into the table. `^` and `$`
 * depend on the place; at the few places where they may hold, the step is looked up apart.
 */

import type { Meter } from "./meter.ts";
import { contains, endsAt } from "./position.ts";
import type { Program } from "./program.ts";

const statesMax = 500;
const asciiCount = 128;

/** Kinds of place, as bits: where `^` holds, where `$` does, and the very end. */
const atStart = 1;
const atEnd = 2;
const atFinish = 4;
const placeKinds = 8;

/** In the table instead of a row: nobody has been there yet; or the pattern has matched. */
const unknown = -1;
const matched = -2;

interface State {
  /** Where its row in the table begins; that of the state at the start of a text is 0. */
  readonly row: number;
  /** Sorted instruction numbers, not yet followed. */
  readonly heads: readonly number[];
  /** Whether the pattern has matched here, by kind of place; filled when asked for. */
  readonly matches: (boolean | undefined)[];
  /** What follows where `$` may hold, by kind of place and class of the code point read. */
  readonly stepsNearEnd: Map<number, State>;
}

export class Recognizer {
  readonly #program: Program;
  /** Where a new class begins, ascending from 0. */
  readonly #classStarts: readonly number[];
  readonly #asciiClasses: Uint16Array;
  #states: State[] = [];
  #statesByKey = new Map<string, State>();
  /** Of a state and a class of characters, the row of the state behind. */
  #table: Int32Array;

  constructor(program: Program) {
    this.#program = program;
    const starts = new Set([0]);
    for (const instruction of program.instructions) {
      if (instruction.kind !== "characters") continue;
      for (const [first, last] of instruction.set) starts.add(first).add(last + 1);
    }
    this.#classStarts = [...starts].sort((left, right) => left - right);
    const ascii = Array.from({ length: asciiCount }, (_, codePoint) => this.#findClass(codePoint));
    this.#asciiClasses = Uint16Array.from(ascii);
    this.#table = new Int32Array(4 * this.#classStarts.length).fill(unknown);
    this.#addState([0]);
  }

  test(text: string, meter: Meter): boolean {
    if (text.length > 256) meter.spend(text.length >> 3);
    const first = this.#states[0]!;
    if (this.#isMatch(first, placeAt(text, 0), meter)) return true;
    const bodyEnd = bodyEndOf(text);
    const classes = this.#asciiClasses;
    let table = this.#table;
    let row = 0;
    let position = 0;
    while (position < bodyEnd) {
      const code = text.charCodeAt(position);
      let next = code < asciiCount ? table[row + classes[code]!]! : unknown;
      if (next === unknown) {
        next = this.#step(this.#stateOf(row), text.codePointAt(position)!, meter);
        table = this.#table; // it may have grown
      }
      if (next === matched) return true;
      row = next;
      position += code < asciiCount ? 1 : widthAt(text, position);
    }
    const before = this.#stateOf(row);
    if (position > 0 && position === text.length) {
      return this.#isMatch(before, atEnd | atFinish, meter);
    }
    return this.#testTail(before, text, { from: position, meter });
  }

  /** The same of ASCII without control characters, which can have no line's end near its own. */
  testAscii(bytes: Uint8Array, start: number, end: number, meter: Meter): boolean {
    if (end - start > 256) meter.spend((end - start) >> 3);
    if (start === end) return this.test("", meter);
    const first = this.#states[0]!;
    if (this.#isMatch(first, atStart, meter)) return true;
    const classes = this.#asciiClasses;
    let table = this.#table;
    let row = 0;
    for (let position = start; position < end; position += 1) {
      const code = bytes[position]!;
      let next = table[row + classes[code]!]!;
      if (next === unknown) {
        next = this.#step(this.#stateOf(row), code, meter);
        table = this.#table; // it may have grown
      }
      if (next === matched) return true;
      row = next;
    }
    return this.#isMatch(this.#stateOf(row), atEnd | atFinish, meter);
  }

  /** At the very end, and before it where `$` may hold already. */
  #testTail(before: State, text: string, tail: { from: number; meter: Meter }): boolean {
    let state = before;
    for (let position = tail.from; ; position += widthAt(text, position)) {
      const place = placeAt(text, position);
      if (this.#isMatch(state, place, tail.meter)) return true;
      if (position >= text.length) return false;
      const codePoint = text.codePointAt(position)!;
      const slot = this.#findClass(codePoint) * placeKinds + place;
      const known = state.stepsNearEnd.get(slot);
      const next = known ?? this.#read(state, { place, codePoint, meter: tail.meter });
      if (!known) state.stepsNearEnd.set(slot, next);
      state = next;
    }
  }

  #stateOf(row: number): State {
    return this.#states[row / this.#classStarts.length]!;
  }

  #isMatch({ heads, matches }: State, place: number, meter: Meter): boolean {
    matches[place] ??= this.#follow(heads, place, meter).some(
      (at) => this.#program.instructions[at]!.kind === "match",
    );
    return matches[place];
  }

  /** Fills the table where nobody has been. What matches inside a text does so at its end too. */
  #step(state: State, codePoint: number, meter: Meter): number {
    const slot = state.row + this.#findClass(codePoint);
    const known = this.#table[slot]!;
    if (known !== unknown) return known; // beyond ASCII the table is not looked at before
    const place = state.row === 0 ? atStart : 0;
    const next = this.#read(state, { place, codePoint, meter });
    const result = this.#isMatch(next, 0, meter) ? matched : next.row;
    // Unless all states were forgotten meanwhile.
    if (this.#stateOf(state.row) === state) this.#table[slot] = result;
    return result;
  }

  /** The state behind that code point. */
  #read(state: State, { place, codePoint, meter }: Reading): State {
    const heads = new Set([0]); // a match may begin at any place
    for (const at of this.#follow(state.heads, place, meter)) {
      const instruction = this.#program.instructions[at]!;
      if (instruction.kind === "characters" && contains(instruction.set, codePoint)) {
        heads.add(at + 1);
      }
    }
    const sorted = [...heads].sort((left, right) => left - right);
    const known = this.#statesByKey.get(sorted.join());
    if (known) return known;
    // A text that needs more states than this pays for building some of them again.
    if (this.#states.length >= statesMax) this.#forget();
    const next = this.#addState(sorted);
    this.#statesByKey.set(sorted.join(), next);
    return next;
  }

  #addState(heads: readonly number[]): State {
    const row = this.#states.length * this.#classStarts.length;
    const state: State = { row, heads, matches: [], stepsNearEnd: new Map() };
    this.#states.push(state);
    if (row + this.#classStarts.length > this.#table.length) {
      const larger = new Int32Array(2 * this.#table.length).fill(unknown);
      larger.set(this.#table);
      this.#table = larger;
    }
    return state;
  }

  /** Starts over with the first state alone. */
  #forget(): void {
    this.#states = [];
    this.#statesByKey = new Map();
    this.#table.fill(unknown);
    this.#addState([0]);
  }

  /** All instructions that are reached from `heads` without reading. */
  #follow(heads: readonly number[], place: number, meter: Meter): number[] {
    const pending = [...heads];
    const reached = new Set<number>();
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (reached.has(at)) continue;
      reached.add(at);
      const instruction = this.#program.instructions[at]!;
      if (instruction.kind === "jump") pending.push(instruction.to);
      else if (instruction.kind === "split") pending.push(instruction.first, instruction.second);
      else if (instruction.kind === "save") pending.push(at + 1);
      else if (instruction.kind === "start" && place & atStart) pending.push(at + 1);
      else if (instruction.kind === "end" && place & atEnd) pending.push(at + 1);
      else if (instruction.kind === "finish" && place & atFinish) pending.push(at + 1);
    }
    meter.spend(12 * reached.size);
    return [...reached];
  }

  #findClass(codePoint: number): number {
    let low = 0;
    let high = this.#classStarts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (this.#classStarts[middle]! <= codePoint) low = middle;
      else high = middle - 1;
    }
    return low;
  }
}

interface Reading {
  readonly place: number;
  readonly codePoint: number;
  readonly meter: Meter;
}

/** The last two characters may be a line's end, before which `$` holds; most are none. */
function bodyEndOf(text: string): number {
  const last = text.charCodeAt(text.length - 1);
  return last > 0x0d && last < asciiCount ? text.length : text.length - 2;
}

function placeAt(text: string, position: number): number {
  const isStart = position === 0 ? atStart : 0;
  if (position === text.length) return isStart | atEnd | atFinish;
  return endsAt(text, position) ? isStart | atEnd : isStart;
}

function widthAt(text: string, position: number): number {
  return text.codePointAt(position)! > 0xffff ? 2 : 1;
}
