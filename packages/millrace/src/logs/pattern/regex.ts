/**
 * Regular expressions of filter patterns: `%[Ee]rror%`, in the subset that AWS documents.
 *
 * Letters, digits, spaces and `: _ # = @ / ; , -`; the operators `^ $ ? [ ] { } | \ * + .`; behind
 * a backslash `d D s S w W`, `xhh`, or one of those symbols and operators. No parentheses. They are
 * matched by the engine of the rules' language, in time linear in the line; what it costs is
 * counted, so that a read can end before it has taken too long.
 */

import { createRegex } from "../../sql/mod.ts";
import type { Cursor } from "./cursor.ts";

/** As the engine counts its size; a line costs so much for each of its characters at worst. */
const sizeMax = 50 * 300;

const plain = /^[A-Za-z0-9 :_#=@/;,\-^$?[\]{}|*+.]$/;
const escaped = /^[dDsSwW:_#=@/;,\-^$?[\]{}|\\*+.]$/;

/** Whether a text holds it; `undefined` when none begins here. */
export function readRegex(cursor: Cursor): ((text: string) => boolean) | undefined {
  const open = cursor.at;
  if (!cursor.take("%")) return undefined;
  let source = "";
  for (let next = cursor.next(); next !== "%"; next = cursor.next()) {
    if (next === undefined) cursor.fail('the closing "%" is missing', open);
    source += next === "\\" ? readEscape(cursor) : readPlain(cursor, next);
  }
  if (source === "") cursor.fail("a regular expression is empty", open);
  cursor.countRegex(open);
  const made = createRegex(source.replaceAll("{,", "{0,"));
  if (!made.ok) return cursor.fail(`a regular expression is not valid: ${made.message}`, open);
  if (made.regex.size > sizeMax) return cursor.fail("a regular expression is too large", open);
  const { work } = cursor;
  return (text) => made.regex.test(text, work);
}

function readPlain(cursor: Cursor, character: string): string {
  if (plain.test(character)) return character;
  return cursor.fail(
    `"${character}" is not supported in a regular expression; \\xhh stands for any ASCII character`,
    cursor.at - 1,
  );
}

function readEscape(cursor: Cursor): string {
  const from = cursor.at - 1;
  const hexadecimal = cursor.match(/x[0-9A-Fa-f]{2}/y);
  if (hexadecimal) return `\\${hexadecimal}`;
  const character = cursor.next() ?? "";
  if (escaped.test(character)) return `\\${character}`;
  return cursor.fail(`"\\${character}" is not supported in a regular expression`, from);
}
