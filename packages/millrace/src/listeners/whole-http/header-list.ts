/** Values of headers, and the lists that some are. [RFC 9110: 5.5, 5.6.1] */

/** A part of a text. */
export interface Span {
  readonly from: number;
  readonly to: number;
}

/**
 * What stands between the two, without the blanks around it; nothing, at its end, when there is
 * nothing else. It is looked at from its ends: an expression that finds the blanks at the end of a
 * text looks, at each blank within it, at all that follow, which for a long head takes a processor
 * tenths of a second.
 */
export function withoutBlanks(text: string, start: number, end: number): Span {
  let from = start;
  let to = end;
  while (from < to && isBlank(text, from)) from += 1;
  while (to > from && isBlank(text, to - 1)) to -= 1;
  return { from, to };
}

/** Spaces and tabs, and nothing else. [RFC 9110: 5.6.3] */
function isBlank(text: string, at: number): boolean {
  const code = text.charCodeAt(at);
  return code === 0x20 || code === 0x09;
}

/** What stands between the commas. */
export function wordsOf(list: string): string[] {
  return list.split(",").map((item) => {
    const { from, to } = withoutBlanks(item, 0, item.length);
    return item.slice(from, to);
  });
}
