/**
 * Text functions. Every argument is converted to text first; Null or Undefined gives Undefined.
 * Characters are counted in code points: positions and lengths agree with each other.
 */

import { boundedText, checkTextLength } from "../failure.ts";
import { sqlLimits } from "../limits.ts";
import type { Run } from "../run.ts";
import { toIndex, toText } from "../values/convert.ts";
import { isArray, type Value } from "../values/value.ts";
import { countCharacters, hasSurrogates, sliceCharacters } from "./characters.ts";
import {
  type FunctionDefinition,
  type FunctionTable,
  onTextFirst,
  onTexts,
  onValues,
  since2016,
} from "./definition.ts";

/** The end of a substring for which none is given. */
const toTheEnd = Number.MAX_SAFE_INTEGER;

export const textFunctions: FunctionTable = {
  chr: onValues(1, (_run, code) => characterOf(code)),
  concat: onValues([0, Number.POSITIVE_INFINITY], concatenate),
  endswith: onTexts(2, (_run, text, end) => text.endsWith(end!)),
  indexof: since2016(onTexts(2, (_run, text, part) => indexOf(text!, part!))),
  length: since2016({ argumentsMin: 1, argumentsMax: 1, body: { kind: "length" } }),
  lower: onTexts(1, (_run, text) => boundedText(text!.toLowerCase())),
  lpad: padding((text, spaces) => spaces + text),
  ltrim: onTexts(1, (_run, text) => text!.replace(/^[ \t]+/, "")),
  numbytes: since2016(onTexts(1, (_run, text) => Buffer.byteLength(text!))),
  replace: onTexts(3, (_run, text, from, to) =>
    from === "" ? text : replaceAll(text!, from!, to!),
  ),
  rpad: padding((text, spaces) => text + spaces),
  rtrim: onTexts(1, (_run, text) => trimEnd(text!)),
  startswith: onTexts(2, (_run, text, start) => text!.startsWith(start!)),
  substring: onTextFirst([2, 3], substring, toTheEnd),
  trim: onTexts(1, (_run, text) => text!.trim()),
  upper: onTexts(1, (_run, text) => boundedText(text!.toUpperCase())),
};

function indexOf(text: string, part: string): number {
  const at = text.indexOf(part);
  return at <= 0 || !hasSurrogates(text) ? at : countCharacters(text.slice(0, at));
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
function concatenate(run: Run, ...values: Value[]): Value {
  if (values.length < 2) return values[0];
  if (values.some(isArray)) {
    const joined = values.flat();
    run.spend(joined.length);
    return joined;
  }
  if (!values.some((value) => typeof value === "string")) return undefined;
  let joined = "";
  for (const value of values) {
    const text = toText(value, run);
    if (text === undefined) return undefined;
    joined = boundedText(joined + text);
  }
  return joined;
}

/** Adds that many spaces; it does not pad to a length. */
function padding(join: (text: string, spaces: string) => string): FunctionDefinition {
  return onTextFirst(2, (_run, text, countValue) => {
    const count = toIndex(countValue, 0, sqlLimits.padCountMax);
    return count === undefined ? undefined : boundedText(join(text, " ".repeat(count)));
  });
}

/** From index to index, the second excluded, both clamped to the text. */
function substring(_run: Run, text: string, from: Value, to: Value): Value {
  const start = indexIn(text, from);
  const end = indexIn(text, to);
  if (start === undefined || end === undefined) return undefined;
  return start >= end ? "" : sliceCharacters(text, start, end);
}

function indexIn(text: string, index: Value): number | undefined {
  if (typeof index === "number" && index >= 0 && index <= text.length) return Math.floor(index);
  return toIndex(index, 0, text.length);
}
