/**
 * Repetitions whose rounds may read nothing, where Java and a matcher in linear time part ways.
 *
 * A pattern's ways to match have an order, the preferred first. Java leaves a repetition at the
 * first round that read nothing, whatever the count; ours goes on with the ways that read
 * something. Both come to the same match as long as the empty way is the last and does not depend
 * on its place, as in `(a*)*`, and not in `(|a)*`, `(a??)*` or `(ab|^){2}`.
 */

import type { RegexNode } from "./syntax.ts";

interface Emptiness {
  /** Whether there is a way that reads nothing. */
  readonly mayBeEmpty: boolean;
  /** Whether there is a way that reads something. */
  readonly mayRead: boolean;
  /** Whether a way that reads something comes after one that reads nothing. */
  readonly emptyFirst: boolean;
  /** Whether `^`, `$` or the like is in it. */
  readonly anchored: boolean;
}

export interface Repetition {
  readonly item: RegexNode;
  readonly min: number;
  readonly max: number;
}

/** Whether a round that reads nothing may lead to another match than Java's. */
export function differsWhenEmpty({ item, min, max }: Repetition): boolean {
  const { mayBeEmpty, emptyFirst, anchored } = emptinessOf(item);
  return max > 1 && ((max > min && emptyFirst) || (mayBeEmpty && anchored));
}

function emptinessOf(node: RegexNode): Emptiness {
  switch (node.kind) {
    case "characters":
      return { mayBeEmpty: false, mayRead: true, emptyFirst: false, anchored: false };
    case "start":
    case "end":
    case "finish":
      return { mayBeEmpty: true, mayRead: false, emptyFirst: false, anchored: true };
    case "group":
      return emptinessOf(node.item);
    case "sequence":
      return emptinessOfAll(node.items.map(emptinessOf));
    case "choice":
      return emptinessOfChoice(node.options.map(emptinessOf));
    case "repeat": {
      const item = emptinessOf(node.item);
      const mayBeEmpty = node.min === 0 || item.mayBeEmpty;
      const mayRead = node.max > 0 && item.mayRead;
      const leavesEarly = !node.greedy && node.max > node.min;
      const emptyFirst = mayBeEmpty && mayRead && (leavesEarly || item.emptyFirst);
      return { mayBeEmpty, mayRead, emptyFirst, anchored: item.anchored };
    }
  }
}

function emptinessOfAll(items: readonly Emptiness[]): Emptiness {
  const mayBeEmpty = items.every((item) => item.mayBeEmpty);
  return {
    mayBeEmpty,
    mayRead: items.some((item) => item.mayRead),
    emptyFirst: mayBeEmpty && items.some((item) => item.emptyFirst),
    anchored: items.some((item) => item.anchored),
  };
}

function emptinessOfChoice(options: readonly Emptiness[]): Emptiness {
  const firstEmpty = options.findIndex((option) => option.mayBeEmpty);
  const behind = firstEmpty < 0 ? [] : options.slice(firstEmpty + 1);
  return {
    mayBeEmpty: firstEmpty >= 0,
    mayRead: options.some((option) => option.mayRead),
    emptyFirst:
      options.some((option) => option.emptyFirst) || behind.some((option) => option.mayRead),
    anchored: options.some((option) => option.anchored),
  };
}
