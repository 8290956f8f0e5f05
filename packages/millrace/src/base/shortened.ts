/** Text from outside, cut to a length that answers and log lines can hold. */

import { textOf, utf8 } from "./bytes.ts";

const charactersMax = 128;

/**
 * The text itself when it has at most so many UTF-16 units, else its beginning and `…`. What is
 * well-formed stays so: a surrogate pair is not cut in two. What is cut is a copy, because a part
 * of a text would keep the whole of it in memory.
 */
export function shortened(text: string, max: number = charactersMax): string {
  if (text.length <= max) return text;
  const last = text.charCodeAt(max - 1);
  const cutsPair = last >= 0xd800 && last <= 0xdbff;
  return `${textOf(utf8(text.slice(0, cutsPair ? max - 1 : max)))}…`;
}
