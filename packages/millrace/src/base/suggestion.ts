/** The name that was probably meant. */

/**
 * ` (did you mean 'Handler'?)`, or nothing when no candidate is close. Close is also the one that
 * ends with what was written: `orders` is short for `shop-Orders`.
 */
export function suggest(name: string, candidates: Iterable<string>): string {
  let best: string | undefined;
  let longer: string | undefined;
  let bestDistance = Math.floor((name.length + 1) / 4) + 1;
  for (const candidate of candidates) {
    if (candidate.toLowerCase().endsWith(`-${name.toLowerCase()}`)) longer ??= candidate;
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) [best, bestDistance] = [candidate, distance];
  }
  const meant = best ?? longer;
  return meant === undefined ? "" : ` (did you mean '${meant}'?)`;
}

/** Levenshtein's distance, in which two neighbours that changed places count as one change. */
function editDistance(left: string, right: string): number {
  let before: number[] = [];
  let row = Array.from({ length: right.length + 1 }, (_, index) => index);
  for (let i = 1; i <= left.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= right.length; j += 1) {
      const replaced = row[j - 1]! + (left[i - 1] === right[j - 1] ? 0 : 1);
      const swapped = left[i - 1] === right[j - 2] && left[i - 2] === right[j - 1];
      const moved = i > 1 && j > 1 && swapped ? before[j - 2]! + 1 : replaced;
      next.push(Math.min(replaced, moved, row[j]! + 1, next[j - 1]! + 1));
    }
    [before, row] = [row, next];
  }
  return row[right.length]!;
}
