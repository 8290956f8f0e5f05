/**
 * A line as it stands in a room. Rules check what they let through, but a page believes nobody:
 * what is not a line in every member is passed over.
 */

export const nameLengthMax = 40;
export const textLengthMax = 4_000;

/** What the sender says. The rule adds who and when. */
export interface Draft {
  /** A ULID, made by the sender; sending the same line twice is harmless. */
  readonly id: string;
  readonly name: string;
  readonly text: string;
}

export interface Line extends Draft {
  /** The public id of the person: 12 hexadecimal digits. */
  readonly author: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** The line in a parsed message or item of a page, or `undefined` where it is not one. */
export function readLine(value: unknown): Line | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  const { id, name, text, author, at } = value as Record<string, unknown>;
  if (typeof id !== "string" || !/^[0-7][0-9A-HJKMNP-TV-Z]{25}$/.test(id)) return undefined;
  if (!isText(name, nameLengthMax) || !isText(text, textLengthMax)) return undefined;
  if (typeof author !== "string" || !/^[0-9a-f]{12}$/.test(author)) return undefined;
  if (!Number.isInteger(at) || Number(at) < 0 || Number(at) > timeMax) return undefined;
  return { id, name, text, author, at: Number(at) };
}

/** Beyond this a `Date` is invalid. */
const timeMax = 8.64e15;

function isText(value: unknown, lengthMax: number): value is string {
  return typeof value === "string" && value.trim() !== "" && value.length <= lengthMax;
}

/** Before: negative. Lines stand by time, and by id within a millisecond. */
export function compareLines(a: Line, b: Line): number {
  return a.at - b.at || (a.id < b.id ? -1 : a.id > b.id ? 1 : 0);
}
