/**
 * Dates as policies write them: the W3C profile of ISO 8601, or seconds since 1970. A moment is
 * nanoseconds since 1970. What stands for a span (`2026`, `2026-05`, `2026-05-01`) is its
 * beginning, in UTC. Four digits alone are a year.
 */

export const dateForm = "a date such as 2026-05-01T12:00:00Z, or seconds since 1970";

const day = String.raw`(\d{4})(?:-(\d\d)(?:-(\d\d)`;
const time = String.raw`T(\d\d):(\d\d)(?::(\d\d)(?:\.(\d{1,9}))?)?(Z|[+-]\d\d:\d\d)`;
const calendar = new RegExp(`^${day}(?:${time})?)?)?$`);

/** Nanoseconds since 1970; `undefined` when the text is no such date. */
export function parseDate(text: string): bigint | undefined {
  const match = calendar.exec(text);
  if (!match) {
    const seconds = /^(\d{1,12})(?:\.(\d{1,9}))?$/.exec(text);
    return seconds ? BigInt(seconds[1]!) * 1_000_000_000n + nanosecondsOf(seconds[2]) : undefined;
  }
  const [year, month = 1, day = 1, hour = 0, minute = 0, second = 0] = match
    .slice(1, 7)
    .map((part) => (part === undefined ? undefined : Number(part)));
  const inRange = month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year!, month);
  if (!inRange || hour > 23 || minute > 59 || second > 59) return undefined;
  const offsetMinutes = parseOffset(match[8]);
  if (offsetMinutes === undefined) return undefined;
  const date = new Date(0);
  date.setUTCFullYear(year!, month - 1, day);
  date.setUTCHours(hour, minute - offsetMinutes, second);
  return BigInt(date.getTime()) * 1_000_000n + nanosecondsOf(match[7]);
}

/** Negative, zero or positive. */
export function compareDates(left: bigint, right: bigint): number {
  if (left === right) return 0;
  return left < right ? -1 : 1;
}

function nanosecondsOf(fraction = ""): bigint {
  return BigInt(fraction.padEnd(9, "0"));
}

function daysIn(year: number, month: number): number {
  const lastDay = new Date(0);
  lastDay.setUTCFullYear(year, month, 0);
  return lastDay.getUTCDate();
}

function parseOffset(zone = "Z"): number | undefined {
  if (zone === "Z") return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(4));
  if (hours > 23 || minutes > 59) return undefined;
  return (zone[0] === "-" ? -1 : 1) * (hours * 60 + minutes);
}
