/**
 * Says whether a pattern matches anywhere in a text: the program turned into a table, built as
 * texts need it and bounded in size.
 *
 * A state is the set of instructions that may come next. Code points that no set of the pattern
 * tells apart share a class, so a step is one look into a small table. `^` and `$` depend on the
 * place, so each state has its answers for the kinds of place.
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

interface State {
  /** Sorted instruction numbers, not yet followed. */
  readonly heads: readonly number[];
  /** By kind of place: whether the pattern has matched here. */
  readonly matches: (boolean | undefined)[];
  /** By kind of place, and class of the code point read. */
  readonly next: (State | undefined)[];
}

export class Recognizer {
  readonly #program: Program;
  /** Where a new class begins, ascending from 0. */
  readonly #classStarts: readonly number[];
  readonly #asciiClasses: Uint16Array;
  readonly #states = new Map<string, State>();
  readonly #first: State;

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
    this.#first = newState([0]);
  }

  test(text: string, meter: Meter): boolean {
    if (text.length > 256) meter.spend(text.length >> 3);
    // The last two characters may be a line's end, before which `$` holds.
    const bodyEnd = text.length - 2;
    let state = this.#first;
    let position = 0;
    while (position < bodyEnd) {
      const place = position === 0 ? atStart : 0;
      if (state.matches[place] ?? this.#findMatch(state, place, meter)) return true;
      const code = text.charCodeAt(position);
      if (code < asciiCount) {
        const slot = this.#asciiClasses[code]! * placeKinds + place;
        state = state.next[slot] ?? this.#step(state, { place, codePoint: code, meter });
        position += 1;
      } else {
        const codePoint = text.codePointAt(position)!;
        state = this.#next(state, { place, codePoint, meter });
        position += codePoint > 0xffff ? 2 : 1;
      }
    }
    return this.#testTail(text, position, { state, meter });
  }

  #testTail(text: string, from: number, tail: { state: State; meter: Meter }): boolean {
    let { state } = tail;
    for (let position = from; ; ) {
      const codePoint = text.codePointAt(position);
      const place =
        (position === 0 ? atStart : 0) |
        (endsAt(text, position) ? atEnd : 0) |
        (codePoint === undefined ? atFinish : 0);
      if (state.matches[place] ?? this.#findMatch(state, place, tail.meter)) return true;
      if (codePoint === undefined) return false;
      state = this.#next(state, { place, codePoint, meter: tail.meter });
      position += codePoint > 0xffff ? 2 : 1;
    }
  }

  #findMatch(state: State, place: number, meter: Meter): boolean {
    const found = this.#follow(state.heads, place, meter).some(
      (at) => this.#program.instructions[at]!.kind === "match",
    );
    state.matches[place] = found;
    return found;
  }

  #next(state: State, reading: Reading): State {
    const slot = this.#findClass(reading.codePoint) * placeKinds + reading.place;
    return state.next[slot] ?? this.#step(state, reading);
  }

  #step(state: State, { place, codePoint, meter }: Reading): State {
    const heads = new Set([0]); // a match may begin at any place
    for (const at of this.#follow(state.heads, place, meter)) {
      const instruction = this.#program.instructions[at]!;
      if (instruction.kind === "characters" && contains(instruction.set, codePoint)) {
        heads.add(at + 1);
      }
    }
    const next = this.#stateFor([...heads].sort((left, right) => left - right));
    state.next[this.#findClass(codePoint) * placeKinds + place] = next;
    return next;
  }

  #stateFor(heads: readonly number[]): State {
    const key = heads.join();
    const known = this.#states.get(key);
    if (known) return known;
    // A text that needs more states than this pays for building some of them again.
    if (this.#states.size >= statesMax) this.#forget();
    const state = newState(heads);
    this.#states.set(key, state);
    return state;
  }

  #forget(): void {
    this.#states.clear();
    this.#first.next.length = 0; // the one state that is left would hold on to the others
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
    meter.spend(4 * reached.size);
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

function newState(heads: readonly number[]): State {
  return { heads, matches: [], next: [] };
}
