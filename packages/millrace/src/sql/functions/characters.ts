/** Characters of a text as code points; texts without surrogates take the short way. */

const surrogates = /[\ud800-\udfff]/;

/** A text that has as many bytes as UTF-16 code units is ASCII, which is quickly found out. */
export function hasSurrogates(text: string): boolean {
  return Buffer.byteLength(text) !== text.length && surrogates.test(text);
}

export function countCharacters(text: string): number {
  if (!hasSurrogates(text)) return text.length;
  let count = 0;
  for (const _ of text) count += 1;
  return count;
}

/** The characters from `start` up to and without `end`. */
export function sliceCharacters(text: string, start: number, end: number): string {
  if (!hasSurrogates(text)) return text.slice(start, end);
  return Array.from(text).slice(start, end).join("");
}
