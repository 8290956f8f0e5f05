/**
 * Wildcards of patterns: `*` is any run of characters, also none; `\*` and `\\` are the characters
 * themselves. Two stars in a row are refused, as AWS does.
 *
 * Each piece between two stars is taken at the first place where it fits: further right could never
 * help the next, so that no text takes more than one pass.
 */

export type WildcardReading =
  | { readonly ok: true; readonly matches: (text: string) => boolean }
  | { readonly ok: false; readonly message: string };

/** A test of texts, or why the wildcard is none. */
export function readWildcard(text: string): WildcardReading {
  const pieces = [""];
  for (let at = 0; at < text.length; at += 1) {
    const character = text[at]!;
    if (character === "*") {
      if (text[at + 1] === "*") {
        return { ok: false, message: `two wildcards follow one another in "${text}"` };
      }
      pieces.push("");
      continue;
    }
    if (character === "\\") {
      at += 1;
      if (text[at] !== "*" && text[at] !== "\\") {
        const message = `a backslash in "${text}" stands neither before * nor before a backslash`;
        return { ok: false, message };
      }
    }
    pieces[pieces.length - 1] += text[at]!;
  }
  return { ok: true, matches: matcherOf(pieces) };
}

function matcherOf(pieces: readonly string[]): (text: string) => boolean {
  const [first, ...rest] = pieces as [string, ...string[]];
  if (rest.length === 0) return (text) => text === first;
  const last = rest.at(-1)!;
  const middle = rest.slice(0, -1);
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const piece of middle) {
      const found = text.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}
