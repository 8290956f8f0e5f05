/** Who refers to whom. CloudFormation makes resources in this order, so there must be one. */

import type { Place } from "./nodes.ts";
import type { Problems } from "./problems.ts";

export interface Dependencies {
  add(from: string, to: string, place: Place): void;
  /** Whether `from` is made after `to`, because it refers to it itself or through others. */
  reaches(from: string, to: string): boolean;
  /** Reports each circle once, at the reference that closes it. */
  reportCycles(problems: Problems): void;
}

export function createDependencies(): Dependencies {
  const graph = new Map<string, Map<string, Place>>();
  return {
    add(from, to, place) {
      const targets = graph.get(from) ?? new Map<string, Place>();
      graph.set(from, targets);
      if (!targets.has(to)) targets.set(to, place);
    },
    reaches(from, to) {
      const seen = new Set([from]);
      for (const one of seen) for (const next of graph.get(one)?.keys() ?? []) seen.add(next);
      return seen.has(to);
    },
    reportCycles(problems) {
      const done = new Set<string>();
      for (const start of graph.keys()) visit(start, { graph, done, path: [], problems });
    },
  };
}

interface Walk {
  readonly graph: ReadonlyMap<string, ReadonlyMap<string, Place>>;
  readonly done: Set<string>;
  /** From the start down to the resource that is looked at. */
  readonly path: string[];
  readonly problems: Problems;
}

function visit(from: string, walk: Walk): void {
  if (walk.done.has(from)) return;
  walk.path.push(from);
  for (const [to, place] of walk.graph.get(from) ?? []) {
    const at = walk.path.indexOf(to);
    if (at >= 0) {
      const circle = [...walk.path.slice(at), to].join(" -> ");
      walk.problems.report(place, `resources refer to each other in a circle: ${circle}`);
    } else {
      visit(to, walk);
    }
  }
  walk.path.pop();
  walk.done.add(from);
}
