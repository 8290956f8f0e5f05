/**
 * Says whether a pattern matches anywhere in a text: the program turned into a table, built as
 * texts need it and bounded in size.
 *
 * A state is the set of instructions that may come next. Code points that no set of the pattern
 * tells apart share a class, so a step is one look into a small table. `^` and `$` depend on the
 * place, so each state has its answers for the four kinds of place.
 */

import { contains, endsAt } from "./position.ts";
import type { Program } from "./program.ts";

const statesMax = 500;
const asciiCount = 128;

/** Kinds of place: 1 where `^` holds, 2 where `$` does. */
const placeKinds = 4;

interface State {
  /** Sorted instruction numbers, not yet followed. */
  readonly heads: readonly number[];
  /** By kind of place: whether the pattern has matched here. */
  readonly matches: (boolean | undefined)[];
  /** By kind of place and class of the code point read. */
  readonly next: (State | undefined)[];
}

export class Recognizer {
  readonly #program: Program;
  /** Where a new class begins, ascending from 0. */
  readonly #classStarts: readonly number[];
  readonly #asciiClasses: Uint16Array;
  readonly #states = new Map<string, State>();

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
  }

  test(text: string): boolean {
    let state = this.#state([0]);
    for (let position = 0; ; ) {
      const place = (position === 0 ? 1 : 0) | (endsAt(text, position) ? 2 : 0);
      state.matches[place] ??= this.#matches(state, place);
      if (state.matches[place]) return true;
      const codePoint = text.codePointAt(position);
      if (codePoint === undefined) return false;
      const characterClass =
        codePoint < asciiCount ? this.#asciiClasses[codePoint]! : this.#findClass(codePoint);
      const slot = characterClass * placeKinds + place;
      state.next[slot] ??= this.#step(state, place, codePoint);
      state = state.next[slot];
      position += codePoint > 0xffff ? 2 : 1;
    }
  }

  #matches(state: State, place: number): boolean {
    return this.#follow(state.heads, place).some(
      (at) => this.#program.instructions[at]!.kind === "match",
    );
  }

  #step(state: State, place: number, codePoint: number): State {
    const heads = new Set([0]); // a match may begin at any place
    for (const at of this.#follow(state.heads, place)) {
      const instruction = this.#program.instructions[at]!;
      if (instruction.kind === "characters" && contains(instruction.set, codePoint)) {
        heads.add(at + 1);
      }
    }
    return this.#state([...heads].sort((left, right) => left - right));
  }

  #state(heads: readonly number[]): State {
    const key = heads.join();
    const known = this.#states.get(key);
    if (known) return known;
    // A text that needs more states than this pays for building some of them again.
    if (this.#states.size >= statesMax) this.#states.clear();
    const state: State = { heads, matches: [], next: [] };
    this.#states.set(key, state);
    return state;
  }

  /** All instructions that are reached from `heads` without reading. */
  #follow(heads: readonly number[], place: number): number[] {
    const pending = [...heads];
    const reached = new Set<number>();
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      if (reached.has(at)) continue;
      reached.add(at);
      const instruction = this.#program.instructions[at]!;
      if (instruction.kind === "jump") pending.push(instruction.to);
      else if (instruction.kind === "split") pending.push(instruction.first, instruction.second);
      else if (instruction.kind === "save") pending.push(at + 1);
      else if (instruction.kind === "start" && place & 1) pending.push(at + 1);
      else if (instruction.kind === "end" && place & 2) pending.push(at + 1);
    }
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
