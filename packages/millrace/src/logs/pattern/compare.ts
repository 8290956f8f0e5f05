/**
 * Comparisons of JSON and space-delimited patterns: `= "text"`, `!= 4*`, `>= 10`, `= %[a-f]+%`.
 *
 * `*` stands for any characters, at any place. A value that is a number is compared as one with
 * what is a number; with any other text, as text.
 */

import type { Cursor } from "./cursor.ts";
import { readRegex } from "./regex.ts";

type Operator = "=" | "!=" | "<" | "<=" | ">" | ">=";

/** `undefined`: the field is not there, and no comparison holds. */
export type Comparison = (found: string | number | undefined) => boolean;

const operators: readonly Operator[] = ["!=", "<=", ">=", "=", "<", ">"];
const numberForm = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** The operator and its value; `undefined` when none begins here. */
export function readComparison(cursor: Cursor): Comparison | undefined {
  const operator = operators.find((one) => cursor.skipSpaces().take(one));
  if (!operator) return undefined;
  cursor.skipSpaces();
  const regex = readRegex(cursor);
  if (regex) {
    if (operator === "=") return (found) => found !== undefined && regex(String(found));
    if (operator === "!=") return (found) => found !== undefined && !regex(String(found));
    return cursor.fail(`"${operator}" compares numbers alone`);
  }
  const quoted = cursor.quoted();
  const text = quoted ?? cursor.match(/[^\s,&|()[\]{}"=<>!]+/y);
  if (text === undefined) return cursor.fail(`a value is missing behind "${operator}"`);
  const number = quoted === undefined && numberForm.test(text) ? Number(text) : undefined;
  if (operator === "=" || operator === "!=") {
    const equal = equality(text, number);
    if (operator === "=") return (found) => found !== undefined && equal(found);
    return (found) => found !== undefined && !equal(found);
  }
  if (number === undefined) return cursor.fail(`"${operator}" compares numbers alone`);
  const holds = orders[operator];
  return (found) => {
    const value = numberOf(found);
    return value !== undefined && holds(value, number);
  };
}

const orders: Readonly<Record<"<" | "<=" | ">" | ">=", (a: number, b: number) => boolean>> = {
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

function equality(text: string, number: number | undefined) {
  const like = wildcardTest(text);
  return (found: string | number): boolean => {
    if (number !== undefined && numberOf(found) === number) return true;
    return typeof found === "string" ? like(found) : text.includes("*") && like(String(found));
  };
}

function numberOf(found: string | number | undefined): number | undefined {
  if (typeof found === "number") return found;
  return found !== undefined && numberForm.test(found) ? Number(found) : undefined;
}

/**
 * Whether a text is like this one, in which `*` stands for anything. Takes the pieces between the
 * asterisks one after the other, so that no text makes it slow.
 */
export function wildcardTest(like: string): (text: string) => boolean {
  const pieces = like.split("*");
  const [first = "", ...rest] = pieces;
  const last = rest.pop();
  if (last === undefined) return (text) => text === like;
  return (text) => {
    if (!text.startsWith(first)) return false;
    let at = first.length;
    for (const piece of rest) {
      const found = text.indexOf(piece, at);
      if (found < 0) return false;
      at = found + piece.length;
    }
    return text.length - last.length >= at && text.endsWith(last);
  };
}
