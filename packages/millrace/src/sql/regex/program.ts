/**
 * A pattern as a list of instructions, the form both matchers run (Thompson's construction).
 *
 * Where a pattern may go two ways, `split` names the preferred one first; that order is what makes
 * a quantifier greedy or lazy and the first matching alternative win, as in Java.
 */

import type { CharacterSet } from "./character-set.ts";
import type { RefusalReason } from "./reader.ts";
import { parseRegex, type RegexNode } from "./syntax.ts";

export type Instruction =
  | { readonly kind: "characters"; readonly set: CharacterSet }
  | { readonly kind: "split"; first: number; second: number }
  | { readonly kind: "jump"; to: number }
  | { readonly kind: "save"; readonly slot: number }
  | { readonly kind: "start" | "end" | "finish" }
  | { readonly kind: "match" };

export interface Program {
  readonly instructions: readonly Instruction[];
  /** Two for the whole match and two for each group. */
  readonly slotCount: number;
  readonly groupNames: ReadonlyMap<string, number>;
}

export type CompiledRegex =
  | { readonly ok: true; readonly program: Program }
  | { readonly ok: false; readonly reason: RefusalReason; readonly message: string };

const instructionsMax = 5000;

/** The program, or why the pattern is refused. */
export function compileRegex(pattern: string): CompiledRegex {
  const syntax = parseRegex(pattern);
  if (!syntax.ok) return syntax;
  if (sizeOf(syntax.root) > instructionsMax) {
    const message = "the pattern is too large with its repetitions written out";
    return { ok: false, reason: "notImplemented", message };
  }
  const instructions: Instruction[] = [];
  emit(instructions, { kind: "group", number: 0, item: syntax.root });
  instructions.push({ kind: "match" });
  const slotCount = 2 * (syntax.groupCount + 1);
  return { ok: true, program: { instructions, slotCount, groupNames: syntax.groupNames } };
}

function sizeOf(node: RegexNode): number {
  switch (node.kind) {
    case "sequence":
      return node.items.reduce((sum, item) => sum + sizeOf(item), 0);
    case "choice":
      return node.options.reduce((sum, option) => sum + sizeOf(option) + 2, 0);
    case "group":
      return sizeOf(node.item) + 2;
    case "repeat": {
      const copies = Number.isFinite(node.max) ? node.max : node.min + 1;
      return (sizeOf(node.item) + 2) * Math.max(copies, 1);
    }
    default:
      return 1;
  }
}

function emit(out: Instruction[], node: RegexNode): void {
  switch (node.kind) {
    case "characters":
    case "start":
    case "end":
    case "finish":
      out.push(node);
      break;
    case "sequence":
      for (const item of node.items) emit(out, item);
      break;
    case "choice":
      emitChoice(out, node.options);
      break;
    case "group":
      out.push({ kind: "save", slot: 2 * node.number });
      emit(out, node.item);
      out.push({ kind: "save", slot: 2 * node.number + 1 });
      break;
    case "repeat":
      emitRepeat(out, node);
      break;
  }
}

function emitChoice(out: Instruction[], options: readonly RegexNode[]): void {
  const jumps: { kind: "jump"; to: number }[] = [];
  for (const [index, option] of options.entries()) {
    if (index === options.length - 1) {
      emit(out, option);
      break;
    }
    const split = { kind: "split" as const, first: out.length + 1, second: 0 };
    out.push(split);
    emit(out, option);
    const jump = { kind: "jump" as const, to: 0 };
    jumps.push(jump);
    out.push(jump);
    split.second = out.length;
  }
  for (const jump of jumps) jump.to = out.length;
}

function emitRepeat(out: Instruction[], node: Extract<RegexNode, { kind: "repeat" }>): void {
  const { item, min, max, greedy } = node;
  for (let count = 0; count < min; count += 1) emit(out, item);
  if (max === Number.POSITIVE_INFINITY) {
    const split = pushSplit(out);
    emit(out, item);
    out.push({ kind: "jump", to: split.at });
    split.set(greedy, out.length);
    return;
  }
  const splits = [];
  for (let count = min; count < max; count += 1) {
    splits.push(pushSplit(out));
    emit(out, item);
  }
  for (const split of splits) split.set(greedy, out.length);
}

/** A split between going on right behind it and leaving to a place not yet known. */
function pushSplit(out: Instruction[]) {
  const at = out.length;
  const split = { kind: "split" as const, first: 0, second: 0 };
  out.push(split);
  const set = (greedy: boolean, exit: number) => {
    split.first = greedy ? at + 1 : exit;
    split.second = greedy ? exit : at + 1;
  };
  return { at, set };
}
