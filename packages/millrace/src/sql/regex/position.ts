/** Where `^` and `$` hold, as Java has them without MULTILINE. */

import type { CharacterSet } from "./character-set.ts";

/** `$` holds at the end and before one line terminator that ends the text. */
export function endsAt(text: string, at: number): boolean {
  const rest = text.length - at;
  if (rest === 0) return true;
  if (rest === 2) return text[at] === "\r" && text[at + 1] === "\n";
  if (rest !== 1) return false;
  const last = text[at]!;
  // Between the two halves of CR LF it does not hold.
  if (last === "\n") return at === 0 || text[at - 1] !== "\r";
  return last === "\r" || last === "\u0085" || last === "\u2028" || last === "\u2029";
}

/** Whether the code point is in one of the ranges. */
export function contains(set: CharacterSet, codePoint: number): boolean {
  let low = 0;
  let high = set.length - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    const [first, last] = set[middle]!;
    if (codePoint < first) high = middle - 1;
    else if (codePoint > last) low = middle + 1;
    else return true;
  }
  return false;
}
