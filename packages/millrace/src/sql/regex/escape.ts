/** A character behind a backslash, as Java spells it. */

import type { PatternReader } from "./reader.ts";

const controls: ReadonlyMap<string, number> = new Map([
  ["a", 0x07],
  ["e", 0x1b],
  ["f", 0x0c],
  ["n", 0x0a],
  ["r", 0x0d],
  ["t", 0x09],
]);

/** Letters that mean something in Java, and nothing that can be done here. */
const notImplemented = /^[bBGkNRX1-9]$/;

/** The code point; the reader stands behind the backslash. */
export function escapedCharacter(reader: PatternReader): number {
  const character = reader.next();
  const control = controls.get(character);
  if (control !== undefined) return control;
  if (character === "x") return hexadecimal(reader);
  if (character === "u") return utf16(reader);
  if (character === "0") return octal(reader);
  if (character === "c") return reader.next().charCodeAt(0) ^ 0x40;
  if (notImplemented.test(character)) reader.refuse(`"\\${character}" is not implemented`);
  // Java keeps the letters that mean nothing for later.
  if (/^[A-Za-z]$/.test(character)) reader.refuseInvalid(`there is no "\\${character}"`);
  return character.codePointAt(0)!;
}

/** `\xhh`, or `\x{h...h}` for any code point. */
function hexadecimal(reader: PatternReader): number {
  if (!reader.take("{")) return digits(reader, 2);
  let text = "";
  while (reader.peek() !== "}") text += reader.next();
  reader.take("}");
  const value = /^[\dA-Fa-f]+$/.test(text) ? Number.parseInt(text, 16) : Number.NaN;
  return value <= 0x10ffff ? value : reader.refuseInvalid(`"${text}" is no code point`);
}

/** `\uhhhh`; two that are surrogates make one code point. */
function utf16(reader: PatternReader): number {
  const first = digits(reader, 4);
  const isHigh = first >= 0xd800 && first <= 0xdbff;
  if (!isHigh || reader.peek() !== "\\" || reader.peek(1) !== "u") return first;
  const low = [2, 3, 4, 5].map((ahead) => reader.peek(ahead) ?? "").join("");
  if (!/^[dD][c-fC-F][\dA-Fa-f]{2}$/.test(low)) return first;
  for (let count = 0; count < 6; count += 1) reader.next();
  return String.fromCharCode(first, Number.parseInt(low, 16)).codePointAt(0)!;
}

function digits(reader: PatternReader, length: number): number {
  let text = "";
  while (text.length < length) text += reader.next();
  if (!/^[\dA-Fa-f]+$/.test(text)) reader.refuseInvalid(`"${text}" is not hexadecimal`);
  return Number.parseInt(text, 16);
}

/** One to three digits, of three the first at most 3. */
function octal(reader: PatternReader): number {
  let text = "";
  while (/^[0-7]$/.test(reader.peek() ?? "") && Number.parseInt(`${text}0`, 8) <= 0o370) {
    text += reader.next();
    if (text.length === 3) break;
  }
  if (text === "") reader.refuseInvalid("an octal number has no digits");
  return Number.parseInt(text, 8);
}
