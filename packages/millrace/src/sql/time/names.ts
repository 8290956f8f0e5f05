/** English names of months, days and eras, as Java's locale for the United States has them. */

export const monthNames = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
] as const;

/** From Monday, as days are numbered. */
export const weekdayNames = [
  "Monday",
  "Tuesday",
  "Wednesday",
  "Thursday",
  "Friday",
  "Saturday",
  "Sunday",
] as const;

/** Months and days alike have three letters in short. */
export function shortName(name: string): string {
  return name.slice(0, 3);
}

export const halfdayNames = ["AM", "PM"] as const;

/** Before Christ, and since. */
export const eraNames = ["BC", "AD"] as const;
export const longEraNames = ["Before Christ", "Anno Domini"] as const;
