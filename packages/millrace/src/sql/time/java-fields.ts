/** The letters of Java's time patterns, and what they read. */

import {
  type Element,
  ElementList,
  type NumberElement,
  type OffsetForm,
  type PatternResult,
  type TextValue,
  TimePatternRefusal,
} from "./java-pattern.ts";
import {
  eraNames,
  halfdayNames,
  longEraNames,
  monthNames,
  shortName,
  weekdayNames,
} from "./names.ts";

export type Field =
  | "era"
  | "year"
  | "yearOfEra"
  | "month"
  | "day"
  | "dayOfYear"
  | "weekday"
  | "halfday"
  | "hour"
  | "clockHour"
  | "hourOfHalfday"
  | "clockHourOfHalfday"
  | "minute"
  | "second"
  | "nano"
  | "milliOfDay"
  | "nanoOfDay"
  | "offset";

/** The elements of a pattern, or why there are none. */
export function parseJavaPattern(pattern: string): PatternResult {
  const list = new ElementList();
  try {
    for (let at = 0; at < pattern.length; ) at = addElement(list, pattern, at);
    return { ok: true, elements: list.elements };
  } catch (thrown) {
    if (!(thrown instanceof TimePatternRefusal)) throw thrown;
    return { ok: false, reason: thrown.reason, message: thrown.message };
  }
}

/** Adds what begins at `at`; gives where the next begins. */
function addElement(list: ElementList, pattern: string, at: number): number {
  const character = pattern[at]!;
  if (/[A-Za-z]/.test(character)) {
    let end = at;
    while (pattern[end] === character) end += 1;
    addLetters(list, character, end - at);
    return end;
  }
  if (character === "'") return addQuoted(list, pattern, at);
  if (character === "[") refuse("an optional section is not implemented");
  if (character === "]") refuseInvalid('"]" closes nothing');
  if (/[{}#]/.test(character)) refuseInvalid(`"${character}" is reserved`);
  list.addLiteral(character);
  return at + 1;
}

/** Two quotes side by side are one, in quoted text as well. */
function addQuoted(list: ElementList, pattern: string, open: number): number {
  let text = "";
  for (let at = open + 1; at < pattern.length; at += 1) {
    if (pattern[at] !== "'") text += pattern[at];
    else if (pattern[at + 1] === "'") {
      text += "'";
      at += 1;
    } else {
      list.addLiteral(text === "" ? "'" : text);
      return at + 1;
    }
  }
  return refuseInvalid("a quoted text has no end");
}

type Add = (list: ElementList, count: number, letter: string) => void;

function addLetters(list: ElementList, letter: string, count: number): void {
  const add = letters[letter];
  if (add) add(list, count, letter);
  else if (/[QqYwWecFgBpv]/.test(letter)) refuse(`"${letter}" is not implemented`);
  else refuseInvalid(`"${letter}" is no letter of a time pattern`);
}

/** Any width with one letter, two digits with two. */
function oneOrTwo(field: Field): Add {
  return (list, count, letter) => {
    if (count > 2) refuseCount(letter);
    list.addNumber(count === 1 ? anyWidth(field) : fixed(field, 2));
  };
}

function anyWidth(field: Field): Omit<NumberElement, "kind" | "subsequentWidth"> {
  return { field, minWidth: 1, maxWidth: 19, sign: "normal" };
}

function fixed(field: Field, width: number): Omit<NumberElement, "kind" | "subsequentWidth"> {
  return { field, minWidth: width, maxWidth: width, sign: "notNegative" };
}

function year(field: Field): Add {
  return (list, count, letter) => {
    if (count > 19) refuseCount(letter);
    if (count === 2) list.addNumber({ ...fixed(field, 2), isReduced: true });
    else if (count < 4) list.addNumber({ ...anyWidth(field), minWidth: count });
    else list.addNumber({ ...anyWidth(field), minWidth: count, sign: "exceedsPad" });
  };
}

function month(list: ElementList, count: number, letter: string): void {
  if (count <= 2) list.addNumber(count === 1 ? anyWidth("month") : fixed("month", 2));
  else if (count === 3) list.add(textOf("month", monthNames.map(shortName), 1));
  else if (count === 4) list.add(textOf("month", monthNames, 1));
  else if (count === 5) refuse(`"${letter.repeat(5)}" is not implemented`);
  else refuseCount(letter);
}

function weekday(list: ElementList, count: number, letter: string): void {
  if (count <= 3) list.add(textOf("weekday", weekdayNames.map(shortName), 1));
  else if (count === 4) list.add(textOf("weekday", weekdayNames, 1));
  else if (count === 5) refuse(`"${letter.repeat(5)}" is not implemented`);
  else refuseCount(letter);
}

function era(list: ElementList, count: number, letter: string): void {
  if (count <= 3) list.add(textOf("era", eraNames, 0));
  else if (count === 4) list.add(textOf("era", longEraNames, 0));
  else if (count === 5)
    list.add(
      textOf(
        "era",
        eraNames.map((name) => name[0]!),
        0,
      ),
    );
  else refuseCount(letter);
}

/** Longer texts are tried first. */
function textOf(field: Field, names: readonly string[], from: number): Element & { kind: "text" } {
  const texts: TextValue[] = names.map((text, index) => ({ text, value: index + from }));
  texts.sort((left, right) => right.text.length - left.text.length);
  return { kind: "text", field, texts };
}

const letters: Readonly<Record<string, Add>> = {
  A: unsigned("milliOfDay"),
  D: (list, count, letter) => {
    if (count > 3) refuseCount(letter);
    if (count === 1) list.addNumber(anyWidth("dayOfYear"));
    else list.addNumber({ ...fixed("dayOfYear", count), maxWidth: 3 });
  },
  E: weekday,
  G: era,
  H: oneOrTwo("hour"),
  K: oneOrTwo("hourOfHalfday"),
  L: month,
  M: month,
  N: unsigned("nanoOfDay"),
  O: (list, count, letter) => {
    if (count !== 1 && count !== 4) refuseCount(letter);
    list.add({ kind: "localizedOffset", isFull: count === 4 });
  },
  S: (list, count, letter) => {
    if (count > 9) refuseCount(letter);
    list.addNumber({ ...fixed("nano", count), isFraction: true });
  },
  V: (list, count, letter) => {
    if (count !== 2) refuseCount(letter);
    list.add({ kind: "zone", hasNames: false });
  },
  X: (list, count, letter) => list.add(offset(letter, count, "Z")),
  Z: (list, count, letter) => {
    if (count > 5) refuseCount(letter);
    if (count === 4) list.add({ kind: "localizedOffset", isFull: true });
    else if (count === 5) list.add(offset(letter, 5, "Z"));
    else list.add(offset(letter, 2, "+0000"));
  },
  a: (list, count, letter) => {
    if (count > 1) refuseCount(letter);
    list.add(textOf("halfday", halfdayNames, 0));
  },
  d: oneOrTwo("day"),
  h: oneOrTwo("clockHourOfHalfday"),
  k: oneOrTwo("clockHour"),
  m: oneOrTwo("minute"),
  n: unsigned("nano"),
  s: oneOrTwo("second"),
  u: year("year"),
  x: (list, count, letter) =>
    list.add(offset(letter, count, count === 1 ? "+00" : count % 2 === 0 ? "+0000" : "+00:00")),
  y: year("yearOfEra"),
  z: (list, count, letter) => {
    if (count === 4) refuse('"zzzz" is not implemented');
    if (count > 4) refuseCount(letter);
    list.add({ kind: "zone", hasNames: true });
  },
};

function unsigned(field: Field): Add {
  return (list, count, letter) => {
    if (count > 19) refuseCount(letter);
    list.addNumber({ field, minWidth: count, maxWidth: 19, sign: "notNegative" });
  };
}

function offset(letter: string, count: number, zero: string): Element & { kind: "offset" } {
  if (count > 5) refuseCount(letter);
  const form: OffsetForm = {
    minutes: count === 1 ? "allowed" : "wanted",
    seconds: count >= 4 ? "allowed" : "none",
    hasColons: count === 3 || count === 5,
  };
  return { kind: "offset", form, zero };
}

function refuse(message: string): never {
  throw new TimePatternRefusal("notImplemented", message);
}

function refuseInvalid(message: string): never {
  throw new TimePatternRefusal("invalid", message);
}

function refuseCount(letter: string): never {
  return refuseInvalid(`there is no such number of letters "${letter}"`);
}
