/**
 * Finds where a pattern matches, with its groups: all ways at once, the preferred first (Pike).
 *
 * Each step reads one code point and keeps at most one thread per instruction, so the time is at
 * most the length of the text times the size of the program. Threads live in arrays of numbers that
 * are made once for a program: a search leaves nothing behind but its result.
 */

import type { Meter } from "./meter.ts";
import { contains, endsAt } from "./position.ts";
import type { Program } from "./program.ts";

/** Slot 2n is where group n begins, 2n+1 where it ends; -1: the group took no part. */
export type Match = readonly number[];

/** In the order of preference. */
class Threads {
  count = 0;
  /** Of each thread, the instruction that reads next. */
  readonly at: Int32Array;
  /** Of each thread, where its groups begin and end. */
  readonly slots: Int32Array;
  readonly #slotCount: number;
  /** Of each instruction, the round in which it was reached last. */
  readonly #rounds: Int32Array;
  #round = 0;

  constructor(instructionCount: number, slotCount: number) {
    this.#slotCount = slotCount;
    this.at = new Int32Array(instructionCount);
    this.slots = new Int32Array(instructionCount * slotCount);
    this.#rounds = new Int32Array(instructionCount);
  }

  clear(): void {
    this.count = 0;
    this.#round += 1;
    if (this.#round < 0x7fffffff) return;
    this.#rounds.fill(0);
    this.#round = 1;
  }

  /** Whether the instruction has not been reached before in this step. */
  reach(at: number): boolean {
    if (this.#rounds[at] === this.#round) return false;
    this.#rounds[at] = this.#round;
    return true;
  }

  add(at: number, slots: Int32Array): void {
    this.at[this.count] = at;
    this.slots.set(slots, this.count * this.#slotCount);
    this.count += 1;
  }

  load(index: number, slots: Int32Array): void {
    const start = index * this.#slotCount;
    for (let slot = 0; slot < slots.length; slot += 1) slots[slot] = this.slots[start + slot]!;
  }
}

export class Searcher {
  readonly #program: Program;
  readonly #slots: Int32Array;
  readonly #pending: number[] = [];
  #threads: Threads;
  #next: Threads;

  constructor(program: Program) {
    const { instructions, slotCount } = program;
    this.#program = program;
    this.#slots = new Int32Array(slotCount);
    this.#threads = new Threads(instructions.length, slotCount);
    this.#next = new Threads(instructions.length, slotCount);
  }

  /** The leftmost match that begins at or after `from`, as Java's `find` gives it. */
  search(text: string, from: number, meter: Meter): Match | undefined {
    let found: Match | undefined;
    this.#threads.clear();
    for (let position = from; ; ) {
      if (!found) {
        this.#slots.fill(-1);
        this.#follow(this.#threads, { at: 0, text, position, meter });
      }
      const codePoint = text.codePointAt(position);
      const end = position + (codePoint !== undefined && codePoint > 0xffff ? 2 : 1);
      found = this.#step({ text, position: end, codePoint, meter }) ?? found;
      const isDone = codePoint === undefined || (found && this.#next.count === 0);
      if (isDone) return found;
      [this.#threads, this.#next] = [this.#next, this.#threads];
      position = end;
    }
  }

  /** All threads read the code point. The match of the preferred one that has come to its end. */
  #step(step: Omit<Step, "at"> & { readonly codePoint: number | undefined }): Match | undefined {
    const { codePoint } = step;
    const threads = this.#threads;
    this.#next.clear();
    for (let index = 0; index < threads.count; index += 1) {
      const at = threads.at[index]!;
      const instruction = this.#program.instructions[at]!;
      if (instruction.kind === "match") {
        threads.load(index, this.#slots);
        return Array.from(this.#slots); // what follows is less preferred
      }
      if (instruction.kind !== "characters" || codePoint === undefined) continue;
      if (!contains(instruction.set, codePoint)) continue;
      threads.load(index, this.#slots);
      this.#follow(this.#next, { ...step, at: at + 1 });
    }
    return undefined;
  }

  /**
   * Adds the thread and all it leads to without reading, up to where something must be read. What
   * was saved on the way to one is taken back before the way to another: a negative entry says
   * which slot, the one under it what was in it.
   */
  #follow(threads: Threads, { at: start, text, position, meter }: Step): void {
    const pending = this.#pending;
    const slots = this.#slots;
    let work = 10;
    pending.push(start);
    for (let at = pending.pop(); at !== undefined; at = pending.pop()) {
      work += 6;
      if (at < 0) {
        slots[-at - 1] = pending.pop()!;
        continue;
      }
      if (!threads.reach(at)) continue;
      const instruction = this.#program.instructions[at]!;
      switch (instruction.kind) {
        case "jump":
          pending.push(instruction.to);
          break;
        case "split":
          pending.push(instruction.second, instruction.first);
          break;
        case "save":
          pending.push(slots[instruction.slot]!, -instruction.slot - 1, at + 1);
          slots[instruction.slot] = position;
          break;
        case "start":
          if (position === 0) pending.push(at + 1);
          break;
        case "end":
          if (endsAt(text, position)) pending.push(at + 1);
          break;
        case "finish":
          if (position === text.length) pending.push(at + 1);
          break;
        default:
          threads.add(at, slots);
      }
    }
    meter.spend(work);
  }
}

interface Step {
  readonly at: number;
  readonly text: string;
  readonly position: number;
  readonly meter: Meter;
}
