/**
 * Text functions. Every argument is converted to text first; Null or Undefined gives Undefined.
 * Characters are counted in code points: positions and lengths agree with each other.
 */

import { toIndex, toText } from "../convert.ts";
import { boundedText, checkTextLength } from "../failure.ts";
import { sqlLimits } from "../limits.ts";
import { isArray, type Value } from "../value.ts";
import type { SqlVersion } from "../version.ts";
import { countCharacters, sliceCharacters } from "./characters.ts";
import { type FunctionDefinition, type FunctionTable, onValues, since2016 } from "./definition.ts";

export function textFunctions(version: SqlVersion): FunctionTable {
  const onText = (apply: (text: string) => Value) =>
    onValues(1, (value) => {
      const text = toText(value, version);
      return text === undefined ? undefined : apply(text);
    });
  const onTexts = (apply: (first: string, second: string) => Value) =>
    onValues(2, (left, right) => {
      const first = toText(left, version);
      const second = toText(right, version);
      return first === undefined || second === undefined ? undefined : apply(first, second);
    });
  return {
    chr: onValues(1, characterOf),
    concat: onValues([0, Number.POSITIVE_INFINITY], (...values) => concatenate(values, version)),
    endswith: onTexts((text, end) => text.endsWith(end)),
    indexof: since2016(onTexts(indexOf)),
    length: since2016(onText(countCharacters)),
    lower: onText((text) => text.toLowerCase()),
    lpad: padding(version, (text, spaces) => spaces + text),
    ltrim: onText((text) => text.replace(/^[ \t]+/, "")),
    numbytes: since2016(onText((text) => Buffer.byteLength(text))),
    replace: onValues(3, (...values) => {
      const [text, from, to] = values.map((value) => toText(value, version));
      if (text === undefined || from === undefined || to === undefined) return undefined;
      return from === "" ? text : replaceAll(text, from, to);
    }),
    rpad: padding(version, (text, spaces) => text + spaces),
    rtrim: onText(trimEnd),
    startswith: onTexts((text, start) => text.startsWith(start)),
    substring: onValues([2, 3], (value, from, ...end) =>
      substring(toText(value, version), from, end.length === 0 ? toTheEnd : end[0]),
    ),
    trim: onText((text) => text.trim()),
    upper: onText((text) => text.toUpperCase()),
  };
}

function indexOf(text: string, part: string): number {
  const at = text.indexOf(part);
  return at < 0 ? -1 : countCharacters(text.slice(0, at));
}

function replaceAll(text: string, from: string, to: string): string {
  const parts = text.split(from);
  checkTextLength(text.length + (parts.length - 1) * (to.length - from.length));
  return parts.join(to);
}

/** A pattern anchored at the end would try every run of spaces inside the text. */
function trimEnd(text: string): string {
  let end = text.length;
  while (end > 0 && (text[end - 1] === " " || text[end - 1] === "\t")) end -= 1;
  return text.slice(0, end);
}

/** ASCII only: what is above has no documented meaning. */
function characterOf(value: Value): Value {
  const code = toIndex(value, -1, 128);
  return code === undefined || code < 0 || code > 127 ? undefined : String.fromCharCode(code);
}

/** Arrays are spliced together with everything else; else texts are joined when there is one. */
function concatenate(values: readonly Value[], version: SqlVersion): Value {
  if (values.length < 2) return values[0];
  if (values.some(isArray)) return values.flat();
  if (!values.some((value) => typeof value === "string")) return undefined;
  let joined = "";
  for (const value of values) {
    const text = toText(value, version);
    if (text === undefined) return undefined;
    joined = boundedText(joined + text);
  }
  return joined;
}

/** Adds that many spaces; it does not pad to a length. */
function padding(
  version: SqlVersion,
  join: (text: string, spaces: string) => string,
): FunctionDefinition {
  return onValues(2, (value, countValue) => {
    const text = toText(value, version);
    const count = toIndex(countValue, 0, sqlLimits.padCountMax);
    return text === undefined || count === undefined ? undefined : join(text, " ".repeat(count));
  });
}

/** The end of a substring for which none is given. */
const toTheEnd = Number.MAX_SAFE_INTEGER;

/** From index to index, the second excluded, both clamped to the text. */
function substring(text: string | undefined, from: Value, to: Value): Value {
  if (text === undefined) return undefined;
  const start = toIndex(from, 0, text.length);
  const end = toIndex(to, 0, text.length);
  if (start === undefined || end === undefined) return undefined;
  return start >= end ? "" : sliceCharacters(text, start, end);
}
