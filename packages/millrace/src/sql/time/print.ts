/**
 * `parse_time`: a moment as text, by a pattern in Joda-Time's language (`DateTimeFormat`).
 *
 * Letters are fields, runs of one letter say how wide; everything else, and what stands between
 * single quotes, stands for itself.
 */

import { EvaluationFailure } from "../failure.ts";
import { dateOfDay, dayOfYear, millisecondsPerDay, weekdayOf, weekOf } from "./civil.ts";
import { eraNames, halfdayNames, monthNames, shortName, weekdayNames } from "./names.ts";
import { isFirstIdentifier, type Zone } from "./zone.ts";
import { shortZoneName } from "./zone-names.ts";

/** A moment in a zone, taken apart. */
interface Moment {
  readonly zone: Zone;
  readonly offsetSeconds: number;
  /** Of the local date. */
  readonly day: number;
  readonly year: number;
  readonly month: number;
  readonly dayOfMonth: number;
  readonly millisecondOfDay: number;
}

type Part = (moment: Moment) => string;

export interface Printer {
  /** Whether the short name of the zone is printed: not every zone's is known. */
  readonly needsZoneName: boolean;
  print(epochMs: number, zone: Zone): string;
}

export type PrinterResult =
  | { readonly ok: true; readonly printer: Printer }
  | {
      readonly ok: false;
      readonly reason: "invalid" | "notImplemented";
      readonly message: string;
    };

/** The printer of a pattern, or why there is none. */
export function createPrinter(pattern: string): PrinterResult {
  if (pattern === "") return { ok: false, reason: "invalid", message: "the pattern is empty" };
  const parts: Part[] = [];
  let needsZoneName = false;
  for (const token of tokensOf(pattern)) {
    if (token.letter === undefined) {
      parts.push(() => token.text);
      continue;
    }
    const field = fields[token.letter]?.(token.count);
    if (!field) return refusalOf(token.letter, token.count);
    parts.push(field);
    needsZoneName ||= token.letter === "z";
  }
  const print = (epochMs: number, zone: Zone) => {
    const moment = momentAt(epochMs, zone);
    return parts.map((part) => part(moment)).join("");
  };
  return { ok: true, printer: { needsZoneName, print } };
}

interface PatternToken {
  /** Absent: the text stands for itself. */
  readonly letter?: string;
  readonly count: number;
  readonly text: string;
}

function tokensOf(pattern: string): PatternToken[] {
  const tokens: PatternToken[] = [];
  let at = 0;
  while (at < pattern.length) {
    const letter = pattern[at]!;
    if (/[A-Za-z]/.test(letter)) {
      const start = at;
      while (pattern[at] === letter) at += 1;
      tokens.push({ letter, count: at - start, text: "" });
      continue;
    }
    const { text, end } = literalFrom(pattern, at);
    tokens.push({ count: 0, text });
    at = end;
  }
  return tokens;
}

/** Up to the next letter outside quotes; two quotes are one, inside and outside of them. */
function literalFrom(pattern: string, from: number): { text: string; end: number } {
  let text = "";
  let isQuoted = false;
  let at = from;
  for (; at < pattern.length; at += 1) {
    const character = pattern[at]!;
    if (character === "'" && pattern[at + 1] === "'") {
      text += "'";
      at += 1;
    } else if (character === "'") isQuoted = !isQuoted;
    else if (!isQuoted && /[A-Za-z]/.test(character)) break;
    else text += character;
  }
  return { text, end: at };
}

function refusalOf(letter: string, count: number): PrinterResult {
  const known = letter in fields;
  const message = known
    ? `"${letter.repeat(Math.min(count, 20))}" is not implemented`
    : `"${letter}" is no letter of a time pattern`;
  return { ok: false, reason: known ? "notImplemented" : "invalid", message };
}

function momentAt(epochMs: number, zone: Zone): Moment {
  const offsetSeconds = zone.offsetAt(epochMs);
  const localMs = epochMs + offsetSeconds * 1000;
  const day = Math.floor(localMs / millisecondsPerDay);
  const { year, month, day: dayOfMonth } = dateOfDay(day);
  const millisecondOfDay = localMs - day * millisecondsPerDay;
  return { zone, offsetSeconds, day, year, month, dayOfMonth, millisecondOfDay };
}

const hourOf = ({ millisecondOfDay }: Moment) => Math.floor(millisecondOfDay / 3_600_000);
const yearOfEra = ({ year }: Moment) => (year > 0 ? year : 1 - year);

/** Zeros before a number up to the width; a minus does not count. */
function padded(value: number, width: number): string {
  const digits = `${Math.abs(value)}`.padStart(width, "0");
  return value < 0 ? `-${digits}` : digits;
}

function number(read: (moment: Moment) => number): (count: number) => Part {
  return (count) => (moment) => padded(read(moment), count);
}

/** Two letters are the last two digits. */
function year(read: (moment: Moment) => number): (count: number) => Part {
  return (count) => (moment) =>
    count === 2 ? padded(Math.abs(read(moment)) % 100, 2) : padded(read(moment), count);
}

function text(read: (moment: Moment) => string): (count: number) => Part {
  return (count) => (moment) => (count >= 4 ? read(moment) : shortName(read(moment)));
}

/** As many digits as letters, cut; behind the milliseconds come zeros. */
function fraction(count: number): Part | undefined {
  if (count > 18) return undefined; // Joda-Time itself goes astray there
  return ({ millisecondOfDay }) =>
    padded(millisecondOfDay % 1000, 3)
      .padEnd(count, "0")
      .slice(0, count);
}

function offset({ offsetSeconds }: Moment, separator: string): string {
  const minutes = Math.floor(Math.abs(offsetSeconds) / 60);
  const sign = offsetSeconds < 0 ? "-" : "+";
  return `${sign}${padded(Math.floor(minutes / 60), 2)}${separator}${padded(minutes % 60, 2)}`;
}

/** Joda-Time shows a zone that has several identifiers under the first of them. */
function identifierOf({ id }: Zone): string {
  if (id === "UTC" || /^[+-]/.test(id) || isFirstIdentifier(id)) return id;
  throw new EvaluationFailure(`the identifier of time zone "${id}" is not implemented`);
}

function zoneName(count: number): Part | undefined {
  if (count >= 4) return undefined; // long names differ between the editions of Java
  return ({ zone, offsetSeconds }) => {
    // A zone that is but an offset has no name and shows itself.
    if (/^[+-]/.test(zone.id)) return zone.id;
    const name = shortZoneName(zone.id, offsetSeconds);
    if (name !== undefined) return name;
    throw new EvaluationFailure(`the short name of time zone "${zone.id}" is not implemented`);
  };
}

const fields: Readonly<Record<string, (count: number) => Part | undefined>> = {
  C: number((moment) => Math.floor(yearOfEra(moment) / 100)),
  D: number(({ day }) => dayOfYear(day)),
  E: text(({ day }) => weekdayNames[weekdayOf(day) - 1]!),
  G:
    () =>
    ({ year }) =>
      eraNames[year > 0 ? 1 : 0]!,
  H: number(hourOf),
  K: number((moment) => hourOf(moment) % 12),
  M: (count) =>
    count >= 3
      ? text(({ month }) => monthNames[month - 1]!)(count)
      : number(({ month }) => month)(count),
  S: fraction,
  Y: (count) => (count === 2 ? year(({ year }) => year) : year(yearOfEra))(count),
  Z: (count) => (moment) =>
    count >= 3 ? identifierOf(moment.zone) : offset(moment, count === 2 ? ":" : ""),
  a: () => (moment) => halfdayNames[hourOf(moment) < 12 ? 0 : 1]!,
  d: number(({ dayOfMonth }) => dayOfMonth),
  e: number(({ day }) => weekdayOf(day)),
  h: number((moment) => hourOf(moment) % 12 || 12),
  k: number((moment) => hourOf(moment) || 24),
  m: number(({ millisecondOfDay }) => Math.floor(millisecondOfDay / 60_000) % 60),
  s: number(({ millisecondOfDay }) => Math.floor(millisecondOfDay / 1000) % 60),
  w: number(({ day }) => weekOf(day).week),
  x: year(({ day }) => weekOf(day).year),
  y: year(({ year }) => year),
  z: zoneName,
};
