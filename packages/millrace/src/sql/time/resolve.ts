/**
 * What has been read to a moment, as `java.time` resolves it in its style SMART: fields must lie in
 * their ranges and agree with each other; a day beyond the end of its month is the month's last.
 */

import { dateOfDay, dayOfDate, daysInMonth, isLeapYear, weekdayOf } from "./civil.ts";
import type { Field } from "./java-fields.ts";
import { fixedZone, momentOf, utc, type Zone } from "./zone.ts";

export type Fields = Map<Field, number>;

/** Years that both Java and `Date` know. */
const yearMax = 200_000;

/** Milliseconds since the epoch; Undefined when the fields name no date, or two of them. */
export function resolve(fields: Fields, zone: Zone | undefined): number | undefined {
  if (!isInRange(fields)) return undefined;
  const year = yearOf(fields);
  const time = timeOf(fields);
  const day = year === undefined ? undefined : dayOf(fields, year);
  if (day === undefined || time === undefined) return undefined;
  if (!agrees(fields, day)) return undefined;
  const localMs = day * 86_400_000 + Math.floor(time / 1_000_000);
  const offset = fields.get("offset");
  const place = offset === undefined ? (zone ?? utc) : fixedZone("", offset);
  return momentOf(localMs, place);
}

const ranges: Readonly<Partial<Record<Field, readonly [min: number, max: number]>>> = {
  year: [-yearMax, yearMax],
  yearOfEra: [1, yearMax],
  month: [1, 12],
  day: [1, 31],
  dayOfYear: [1, 366],
  hour: [0, 24],
  clockHour: [0, 24],
  hourOfHalfday: [0, 11],
  clockHourOfHalfday: [0, 12],
  minute: [0, 59],
  second: [0, 59],
  nano: [0, 999_999_999],
  milliOfDay: [0, 86_399_999],
  nanoOfDay: [0, 86_399_999_999_999],
  offset: [-18 * 3600, 18 * 3600],
};

function isInRange(fields: Fields): boolean {
  for (const [field, value] of fields) {
    const range = ranges[field];
    if (range && (value < range[0] || value > range[1])) return false;
  }
  return true;
}

function yearOf(fields: Fields): number | undefined {
  const year = fields.get("year");
  const yearOfEra = fields.get("yearOfEra");
  if (yearOfEra === undefined) return year;
  const isBeforeChrist = fields.has("era") ? fields.get("era") === 0 : (year ?? 1) <= 0;
  const found = isBeforeChrist ? 1 - yearOfEra : yearOfEra;
  return year === undefined || year === found ? found : undefined;
}

function dayOf(fields: Fields, year: number): number | undefined {
  const month = fields.get("month");
  const day = fields.get("day");
  if (month !== undefined && day !== undefined) {
    return dayOfDate({ year, month, day: Math.min(day, daysInMonth(year, month)) });
  }
  const dayOfYear = fields.get("dayOfYear");
  if (dayOfYear === undefined || (dayOfYear === 366 && !isLeapYear(year))) return undefined;
  return dayOfDate({ year, month: 1, day: dayOfYear });
}

/** What else was read of the date must fit it. */
function agrees(fields: Fields, day: number): boolean {
  const date = dateOfDay(day);
  const weekday = fields.get("weekday");
  const month = fields.get("month");
  const dayOfYear = fields.get("dayOfYear");
  const first = dayOfDate({ year: date.year, month: 1, day: 1 });
  return (
    (weekday === undefined || weekday === weekdayOf(day)) &&
    (month === undefined || month === date.month) &&
    (dayOfYear === undefined || dayOfYear === day - first + 1) &&
    (!fields.has("day") || fields.has("month") || fields.get("day") === date.day)
  );
}

/** Nanoseconds since midnight, which no time at all is. Undefined for half a time. */
function timeOf(fields: Fields): number | undefined {
  const whole = fields.get("nanoOfDay") ?? scaled(fields.get("milliOfDay"), 1_000_000);
  const hour = hourOf(fields);
  if (hour === null) return undefined;
  const minute = fields.get("minute");
  const second = fields.get("second");
  const nano = fields.get("nano");
  const hasParts = minute !== undefined || second !== undefined || nano !== undefined;
  if (whole !== undefined) return hour !== undefined || hasParts ? undefined : whole;
  if (hour === undefined) return hasParts ? undefined : 0;
  if (minute === undefined && (second !== undefined || nano !== undefined)) return undefined;
  if (second === undefined && nano !== undefined) return undefined;
  const seconds = hour * 3600 + (minute ?? 0) * 60 + (second ?? 0);
  const total = seconds * 1e9 + (nano ?? 0);
  return total > 86_400e9 ? undefined : total; // 24:00 is the end of the day, nothing after it is
}

/** Null when hours contradict each other, or half of the day is not known. */
function hourOf(fields: Fields): number | null | undefined {
  const clockHour = fields.get("clockHour");
  const found = [fields.get("hour"), clockHour === undefined ? undefined : clockHour % 24];
  const clockHalf = fields.get("clockHourOfHalfday");
  const halves = [
    fields.get("hourOfHalfday"),
    clockHalf === undefined ? undefined : clockHalf % 12,
  ].filter((half) => half !== undefined);
  const halfday = fields.get("halfday");
  if (halves.length > 0) {
    if (halfday === undefined || new Set(halves).size > 1) return null;
    found.push(halfday * 12 + halves[0]!);
  }
  const hours = new Set(found.filter((hour) => hour !== undefined));
  if (hours.size > 1) return null;
  const [hour] = hours;
  if (halves.length === 0 && halfday !== undefined && hour !== undefined) {
    return Math.floor(hour / 12) === halfday ? hour : null;
  }
  return hour;
}

function scaled(value: number | undefined, by: number): number | undefined {
  return value === undefined ? undefined : value * by;
}
