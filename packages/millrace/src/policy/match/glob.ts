/**
 * Matches text against `*` and `?`.
 *
 * A pattern is segments with a `*` between each two. The first must begin the text, the last must
 * end it, and each in the middle is taken at the first place where it fits: taking it further right
 * could never help the next. So nothing is ever tried twice, and the time is at worst that of
 * finding each segment once, the text's length times the pattern's; `*a*a*a*a*b` is as harmless as
 * `*`.
 *
 * `?` is one character, a Unicode code point, even where a text holds it as two units.
 */

import type { Piece } from "./pieces.ts";

/** A pattern without variables, ready to match. */
export interface Glob {
  /** The only text that matches, when there is just one. */
  readonly literal?: string;
  matches(text: string): boolean;
}

/** Compiles pieces, none of which is a variable any more. */
export function compileGlob(pieces: readonly Piece[]): Glob {
  const segments = splitAtRuns(pieces);
  const [first, ...rest] = segments;
  if (rest.length === 0) return whole(first!);
  const middle = rest.slice(0, -1).filter((segment) => segment.literal !== "");
  const last = rest.at(-1)!;
  if (middle.length === 0 && last.literal === "") return { matches: beginning(first!) };
  return { matches: (text) => matchAll(text, [first!, last], middle) };
}

function whole(segment: Segment): Glob {
  const { literal } = segment;
  if (literal !== undefined) return { literal, matches: (text) => text === literal };
  return { matches: (text) => segment.endAt(text, 0) === text.length };
}

/** By far the most frequent pattern, `prefix*`, and `*` itself. */
function beginning(segment: Segment): (text: string) => boolean {
  const { literal } = segment;
  if (literal === "") return () => true;
  if (literal !== undefined) return (text) => text.startsWith(literal);
  return (text) => segment.endAt(text, 0) >= 0;
}

function matchAll(
  text: string,
  [first, last]: readonly [Segment, Segment],
  middle: readonly Segment[],
): boolean {
  let at = first.endAt(text, 0);
  for (const segment of middle) {
    if (at < 0) return false;
    at = segment.findEnd(text, at);
  }
  if (at < 0) return false;
  const start = last.startBefore(text, text.length);
  return start >= at && last.endAt(text, start) === text.length;
}

/** What stands between two `*`: texts with a `?` between each two. */
class Segment {
  /** When there is no `?` in it. */
  readonly literal: string | undefined;
  readonly #texts: readonly string[];

  constructor(texts: readonly string[]) {
    this.#texts = texts;
    this.literal = texts.length === 1 ? texts[0] : undefined;
  }

  /** Where it ends when it begins at `start`; -1 when it does not fit there. */
  endAt(text: string, start: number): number {
    let at = start;
    for (let index = 0; index < this.#texts.length; index += 1) {
      if (index > 0) {
        if (at >= text.length) return -1;
        at += unitsAt(text, at);
      }
      const part = this.#texts[index]!;
      if (!text.startsWith(part, at)) return -1;
      at += part.length;
    }
    return at;
  }

  /** Where it ends when it begins at the first place from `from` on that fits; -1 for none. */
  findEnd(text: string, from: number): number {
    const head = this.#texts[0]!;
    if (this.literal !== undefined) {
      const start = text.indexOf(head, from);
      return start < 0 ? -1 : start + head.length;
    }
    for (let start = from; start <= text.length; start += unitsAt(text, start)) {
      start = text.indexOf(head, start);
      if (start < 0) return -1;
      const end = this.endAt(text, start);
      if (end >= 0) return end;
    }
    return -1;
  }

  /**
   * Where as many characters begin as this has, counted back from `end`; -1 when there are fewer.
   */
  startBefore(text: string, end: number): number {
    let at = end;
    for (let index = this.#texts.length - 1; index >= 0; index -= 1) {
      at -= this.#texts[index]!.length;
      if (index > 0) at -= at >= 2 && unitsAt(text, at - 2) === 2 ? 2 : 1;
      if (at < 0) return -1;
    }
    return at;
  }
}

/** UTF-16 code units of the character there. */
function unitsAt(text: string, at: number): number {
  return (text.codePointAt(at) ?? 0) > 0xffff ? 2 : 1;
}

function splitAtRuns(pieces: readonly Piece[]): Segment[] {
  const segments: string[][] = [[""]];
  for (const piece of pieces) {
    const texts = segments.at(-1)!;
    if (piece.kind === "run") segments.push([""]);
    else if (piece.kind === "one") texts.push("");
    else if (piece.kind === "text") texts.push(texts.pop()! + piece.text);
  }
  return segments.map((texts) => new Segment(texts));
}
