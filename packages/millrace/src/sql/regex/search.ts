/**
 * Finds where a pattern matches, with its groups: all ways at once, the preferred first (Pike).
 *
 * Each step reads one code point and keeps at most one thread per instruction, so the time is at
 * most the length of the text times the size of the program.
 */

import type { Meter } from "./meter.ts";
import { contains, endsAt } from "./position.ts";
import type { Program } from "./program.ts";

/** Slot 2n is where group n begins, 2n+1 where it ends; -1: the group took no part. */
export type Match = readonly number[];

interface Thread {
  readonly at: number;
  readonly slots: Match;
}

/** The leftmost match that begins at or after `from`, as Java's `find` gives it. */
export function search(
  program: Program,
  text: string,
  from: number,
  meter: Meter,
): Match | undefined {
  const none: Match = new Array(program.slotCount).fill(-1);
  let threads: Thread[] = [];
  let found: Match | undefined;
  for (let position = from; ; ) {
    const added = new Set<number>(threads.map(({ at }) => at));
    if (!found) follow(program, { at: 0, slots: none }, { text, position, threads, added });
    meter.spend(1 + 2 * added.size);
    const codePoint = text.codePointAt(position);
    const width = codePoint !== undefined && codePoint > 0xffff ? 2 : 1;
    const next: Thread[] = [];
    const nextAdded = new Set<number>();
    for (const { at, slots } of threads) {
      const instruction = program.instructions[at]!;
      if (instruction.kind === "match") {
        found = slots;
        break; // what follows is less preferred
      }
      if (instruction.kind !== "characters" || codePoint === undefined) continue;
      if (!contains(instruction.set, codePoint)) continue;
      const step = { text, position: position + width, threads: next, added: nextAdded };
      follow(program, { at: at + 1, slots }, step);
    }
    if (codePoint === undefined || (found && next.length === 0)) return found;
    threads = next;
    position += width;
  }
}

interface Step {
  readonly text: string;
  readonly position: number;
  readonly threads: Thread[];
  readonly added: Set<number>;
}

/** Adds the thread and all it leads to without reading, up to where something must be read. */
function follow(program: Program, start: Thread, step: Step): void {
  const { text, position, threads, added } = step;
  const pending: Thread[] = [start];
  for (let thread = pending.pop(); thread; thread = pending.pop()) {
    const { at, slots } = thread;
    if (added.has(at)) continue;
    added.add(at);
    const instruction = program.instructions[at]!;
    switch (instruction.kind) {
      case "jump":
        pending.push({ at: instruction.to, slots });
        break;
      case "split":
        pending.push({ at: instruction.second, slots }, { at: instruction.first, slots });
        break;
      case "save":
        pending.push({ at: at + 1, slots: slots.with(instruction.slot, position) });
        break;
      case "start":
        if (position === 0) pending.push({ at: at + 1, slots });
        break;
      case "end":
        if (endsAt(text, position)) pending.push({ at: at + 1, slots });
        break;
      case "finish":
        if (position === text.length) pending.push({ at: at + 1, slots });
        break;
      default:
        threads.push(thread);
    }
  }
}
