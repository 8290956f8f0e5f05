/** What takes the place of a match: Java's replacement strings. */

import { boundedText } from "../failure.ts";
import type { Program } from "./program.ts";
import type { Match } from "./search.ts";

export interface Found {
  readonly text: string;
  readonly match: Match;
  readonly program: Program;
}

/** The replacement with the groups of the match in it; `undefined` when it is none in Java. */
export function expand(replacement: string, found: Found): string | undefined {
  let result = "";
  for (let at = 0; at < replacement.length; ) {
    const character = replacement[at]!;
    at += 1;
    if (character === "\\") {
      if (at === replacement.length) return undefined;
      result += replacement[at];
      at += 1;
    } else if (character === "$") {
      const reference = groupReference(replacement, at, found.program);
      if (!reference) return undefined;
      at = reference.end;
      const [start = -1, end = -1] = found.match.slice(2 * reference.group);
      if (start >= 0) result = boundedText(result + found.text.slice(start, end));
    } else result += character;
  }
  return result;
}

function groupReference(replacement: string, at: number, program: Program) {
  if (replacement[at] === "{") return namedReference(replacement, at, program);
  return numberedReference(replacement, at, program.slotCount / 2);
}

function namedReference(replacement: string, at: number, { groupNames }: Program) {
  const end = replacement.indexOf("}", at);
  const group = groupNames.get(replacement.slice(at + 1, end));
  return end < 0 || group === undefined ? undefined : { group, end: end + 1 };
}

/** The first digit always counts, a further one only while such a group exists. */
function numberedReference(replacement: string, at: number, groupCount: number) {
  let group: number | undefined;
  let end = at;
  while (/^\d$/.test(replacement[end] ?? "")) {
    const longer = (group ?? 0) * 10 + Number(replacement[end]);
    if (longer >= groupCount) break;
    group = longer;
    end += 1;
  }
  return group === undefined ? undefined : { group, end };
}
