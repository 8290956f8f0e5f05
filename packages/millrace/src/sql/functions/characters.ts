/** Characters of a text as code points; texts without surrogates take the short way. */

const surrogates = /[\ud800-\udfff]/;

export function countCharacters(text: string): number {
  if (!surrogates.test(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The characters from `start` up to and without `end`. */
export function sliceCharacters(text: string, start: number, end: number): string {
  if (!surrogates.test(text)) return text.slice(start, end);
  return Array.from(text).slice(start, end).join("");
}
