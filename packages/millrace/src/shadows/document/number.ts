/**
 * Numbers that keep every digit.
 *
 * A double holds most numbers of a document, and then a double is what they are. One that it would
 * round (a large id, a long fraction) stays the text it was written as.
 */

/** A number that no double holds, as it was written. */
export interface LongNumber {
  readonly rawJSON: string;
}

/** Of ECMAScript 2026, which the compiler's library does not describe yet. */
const json = JSON as unknown as {
  rawJSON(text: string): LongNumber;
  isRawJSON(value: unknown): value is LongNumber;
  parse(text: string, revive: Reviver): unknown;
};

type Reviver = (key: string, value: unknown, context: { readonly source?: string }) => unknown;

export const { isRawJSON: isLongNumber } = json;

/** `JSON.parse`, with exact numbers. Throws where that does. */
export function parseExactly(text: string): unknown {
  const parsed: unknown = JSON.parse(text);
  // It may match inside a text, which costs time and nothing else.
  if (!/[\d.]{16}|\d[eE]/.test(text)) return parsed;
  return json.parse(text, (_key, value, { source }) =>
    typeof value === "number" && source !== undefined ? exactNumber(value, source) : value,
  );
}

function exactNumber(value: number, source: string): number | LongNumber {
  const isExact = Number.isFinite(value) && normalForm(String(value)) === normalForm(source);
  return isExact ? value : json.rawJSON(source);
}

/** Whether two numbers are one, however they are written: `1`, `1.0` and `10e-1` are. */
export function sameNumber(left: number | LongNumber, right: number | LongNumber): boolean {
  if (typeof left === "number" && typeof right === "number") return left === right;
  return normalForm(textOfNumber(left)) === normalForm(textOfNumber(right));
}

function textOfNumber(value: number | LongNumber): string {
  return typeof value === "number" ? String(value) : value.rawJSON;
}

const shape = /^(-?)(\d+)(?:\.(\d+))?(?:[eE]([+-]?\d+))?$/;

/** Of more, reading it would cost more than it says. */
const exponentDigitsMax = 20;

/**
 * Digits without zeros at either end, and the power of ten of the last one. A number whose exponent
 * is beyond all reason stays as it is written: it is the same as its own text only.
 */
function normalForm(text: string): string {
  const [, sign, whole = "", fraction = "", exponent = "0"] = shape.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const kept = withoutZerosAtEnd(digits);
  if (kept === "") return "0";
  if (exponent.length > exponentDigitsMax) return text;
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - kept.length);
  return `${sign}${kept}e${power}`;
}

/** From the end: a pattern would try again at every zero inside, in the square of their count. */
function withoutZerosAtEnd(digits: string): string {
  let length = digits.length;
  while (digits[length - 1] === "0") length -= 1;
  return digits.slice(0, length);
}
