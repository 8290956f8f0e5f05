/** A moment as people write it. */

// `Date.parse` alone takes any text that ends in a number, such as `line 5`, for a date.
const dateAndTime =
  /^\d{4}-\d\d(?:-\d\d(?:[T ]\d\d:\d\d(?::\d\d(?:\.\d+)?)?(?:Z|[+-]\d\d:?\d\d)?)?)?$/i;

/**
 * Milliseconds since the epoch, of digits alone or of a date, or a date and time, of ISO 8601 (in
 * local time where it names no zone); `undefined` for all else.
 */
export function momentOf(text: string): number | undefined {
  if (/^\d{1,15}$/.test(text)) return Number(text);
  const moment = dateAndTime.test(text) ? Date.parse(text) : Number.NaN;
  return Number.isNaN(moment) ? undefined : moment;
}
