/** What takes the place of a match: Java's replacement strings. */

import type { Program } from "./program.ts";
import type { Match } from "./search.ts";

/** Texts, and numbers of groups. */
export type Replacement = readonly (string | number)[];

/** The replacement taken apart; `undefined` when it is none in Java. */
export function parseReplacement(source: string, program: Program): Replacement | undefined {
  const parts: (string | number)[] = [];
  const special = /[$\\]/g;
  let at = 0;
  for (;;) {
    special.lastIndex = at;
    const next = special.exec(source)?.index ?? source.length;
    if (next > at) parts.push(source.slice(at, next));
    if (next === source.length) return parts;
    if (source[next] === "\\") {
      if (next + 1 === source.length) return undefined;
      parts.push(source[next + 1]!);
      at = next + 2;
      continue;
    }
    const reference = groupReference(source, next + 1, program);
    if (!reference) return undefined;
    parts.push(reference.group);
    at = reference.end;
  }
}

/** The parts with the groups of the match in their places. */
export function fillReplacement(parts: Replacement, text: string, match: Match): string {
  let result = "";
  for (const part of parts) {
    if (typeof part === "string") result += part;
    else if (match[2 * part]! >= 0) result += text.slice(match[2 * part], match[2 * part + 1]);
  }
  return result;
}

function groupReference(source: string, at: number, program: Program) {
  if (source[at] === "{") return namedReference(source, at, program);
  return numberedReference(source, at, program.slotCount / 2);
}

function namedReference(source: string, at: number, { groupNames }: Program) {
  const end = source.indexOf("}", at);
  const group = groupNames.get(source.slice(at + 1, end));
  return end < 0 || group === undefined ? undefined : { group, end: end + 1 };
}

/** The first digit always counts, a further one only while such a group exists. */
function numberedReference(source: string, at: number, groupCount: number) {
  let group: number | undefined;
  let end = at;
  while (/^\d$/.test(source[end] ?? "")) {
    const longer = (group ?? 0) * 10 + Number(source[end]);
    if (longer >= groupCount) break;
    group = longer;
    end += 1;
  }
  return group === undefined ? undefined : { group, end };
}
