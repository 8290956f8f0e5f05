/** Sets of code points, as ranges, and those that Java has names for. */

/** Inclusive ranges of code points, sorted, without overlaps. */
export type CharacterSet = readonly (readonly [first: number, last: number])[];

const codePointMax = 0x10ffff;

export const everything: CharacterSet = [[0, codePointMax]];

/** What `.` leaves out and a final `$` may stand before, as Java has it. */
export const lineTerminators: CharacterSet = [
  [0x0a, 0x0a],
  [0x0d, 0x0d],
  [0x85, 0x85],
  [0x2028, 0x2029],
];

const digits: CharacterSet = [[0x30, 0x39]];
const wordCharacters: CharacterSet = [
  [0x30, 0x39],
  [0x41, 0x5a],
  [0x5f, 0x5f],
  [0x61, 0x7a],
];
const whiteSpace: CharacterSet = [
  [0x09, 0x0d],
  [0x20, 0x20],
];
const horizontalSpace: CharacterSet = [
  [0x09, 0x09],
  [0x20, 0x20],
  [0xa0, 0xa0],
  [0x1680, 0x1680],
  [0x180e, 0x180e],
  [0x2000, 0x200a],
  [0x202f, 0x202f],
  [0x205f, 0x205f],
  [0x3000, 0x3000],
];
const verticalSpace: CharacterSet = [
  [0x0a, 0x0d],
  [0x85, 0x85],
  [0x2028, 0x2029],
];

/** By the letter behind the backslash. */
export const escapedSets: ReadonlyMap<string, CharacterSet> = new Map([
  ["d", digits],
  ["D", complement(digits)],
  ["h", horizontalSpace],
  ["H", complement(horizontalSpace)],
  ["s", whiteSpace],
  ["S", complement(whiteSpace)],
  ["v", verticalSpace],
  ["V", complement(verticalSpace)],
  ["w", wordCharacters],
  ["W", complement(wordCharacters)],
]);

/** The POSIX classes of `\p{...}`, ASCII alone. */
export const namedSets: ReadonlyMap<string, CharacterSet> = new Map([
  ["ASCII", [[0x00, 0x7f]]],
  ["Alnum", rangesOf("09AZaz")],
  ["Alpha", rangesOf("AZaz")],
  ["Blank", rangesOf("\t\t  ")],
  ["Cntrl", rangesOf("\x00\x1f\x7f\x7f")],
  ["Digit", digits],
  ["Graph", rangesOf("!~")],
  ["Lower", rangesOf("az")],
  ["Print", rangesOf(" ~")],
  ["Punct", rangesOf("!/:@[`{~")],
  ["Space", whiteSpace],
  ["Upper", rangesOf("AZ")],
  ["XDigit", rangesOf("09AFaf")],
]);

export function only(codePoint: number): CharacterSet {
  return [[codePoint, codePoint]];
}

/** All of them in one set. */
export function union(sets: readonly CharacterSet[]): CharacterSet {
  const merged: [number, number][] = [];
  for (const [first, last] of sets.flat().sort((left, right) => left[0] - right[0])) {
    const previous = merged.at(-1);
    if (previous && first <= previous[1] + 1) previous[1] = Math.max(previous[1], last);
    else merged.push([first, last]);
  }
  return merged;
}

export function complement(set: CharacterSet): CharacterSet {
  const ranges: [number, number][] = [];
  let from = 0;
  for (const [first, last] of set) {
    if (first > from) ranges.push([from, first - 1]);
    from = last + 1;
  }
  if (from <= codePointMax) ranges.push([from, codePointMax]);
  return ranges;
}

/** With the other case of every ASCII letter in it: Java's `(?i)` goes no further. */
export function inBothCases(set: CharacterSet): CharacterSet {
  const lower = shifted(set, 0x41, 0x5a, 0x20);
  const upper = shifted(set, 0x61, 0x7a, -0x20);
  return union([set, lower, upper]);
}

function shifted(set: CharacterSet, from: number, to: number, by: number): CharacterSet {
  return set.flatMap(([first, last]) => {
    const low = Math.max(first, from);
    const high = Math.min(last, to);
    return low <= high ? [[low + by, high + by] as const] : [];
  });
}

/** Of pairs of characters, the first and the last of each range. */
function rangesOf(pairs: string): CharacterSet {
  const ranges: [number, number][] = [];
  for (let at = 0; at < pairs.length; at += 2) {
    ranges.push([pairs.charCodeAt(at), pairs.charCodeAt(at + 1)]);
  }
  return ranges;
}
