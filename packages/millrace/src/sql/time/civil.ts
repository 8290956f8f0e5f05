/**
 * Days and dates of the proleptic Gregorian calendar, in whole numbers. Day 0 is the first of
 * January 1970, a Thursday. A year is astronomical: 0 is 1 BC.
 */

export const millisecondsPerDay = 86_400_000;

export interface CivilDate {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
}

const daysPerEra = 146_097;
const daysToEpoch = 719_468;

/** The date of a day. Counted in years that begin in March, so that a leap day comes last. */
export function dateOfDay(day: number): CivilDate {
  const shifted = day + daysToEpoch;
  const era = Math.floor(shifted / daysPerEra);
  const dayOfEra = shifted - era * daysPerEra;
  const leapDays =
    Math.floor(dayOfEra / 1460) - Math.floor(dayOfEra / 36_524) + Math.floor(dayOfEra / 146_096);
  const yearOfEra = Math.floor((dayOfEra - leapDays) / 365);
  const dayOfYear = dayOfEra - daysBefore(yearOfEra);
  const shiftedMonth = Math.floor((5 * dayOfYear + 2) / 153);
  const day1 = dayOfYear - Math.floor((153 * shiftedMonth + 2) / 5) + 1;
  const month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9;
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: day1 };
}

/** The day of a date; the day of the month may lie outside the month. */
export function dayOfDate({ year, month, day }: CivilDate): number {
  const shiftedYear = month <= 2 ? year - 1 : year;
  const era = Math.floor(shiftedYear / 400);
  const yearOfEra = shiftedYear - era * 400;
  const shiftedMonth = month > 2 ? month - 3 : month + 9;
  const dayOfYear = Math.floor((153 * shiftedMonth + 2) / 5) + day - 1;
  return era * daysPerEra + daysBefore(yearOfEra) + dayOfYear - daysToEpoch;
}

function daysBefore(yearOfEra: number): number {
  return yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100);
}

export function isLeapYear(year: number): boolean {
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return isLeapYear(year) ? 29 : 28;
  return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31;
}

/** From 1, Monday, to 7. */
export function weekdayOf(day: number): number {
  return ((((day + 3) % 7) + 7) % 7) + 1;
}

/** From 1. */
export function dayOfYear(day: number): number {
  return day - dayOfDate({ year: dateOfDay(day).year, month: 1, day: 1 }) + 1;
}

/** The week that the day is in, as ISO 8601 counts: it belongs to the year of its Thursday. */
export function weekOf(day: number): { readonly year: number; readonly week: number } {
  const thursday = day - weekdayOf(day) + 4;
  return { year: dateOfDay(thursday).year, week: Math.floor((dayOfYear(thursday) - 1) / 7) + 1 };
}
