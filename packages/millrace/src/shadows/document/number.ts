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

/** Digits without zeros at either end, and the power of ten of the last one. */
function normalForm(text: string): string {
  const [, sign, whole = "", fraction = "", exponent = "0"] = shape.exec(text) ?? [];
  const digits = `${whole}${fraction}`.replace(/^0+/, "");
  const kept = digits.replace(/0+$/, "");
  if (kept === "") return "0";
  const power = BigInt(exponent) - BigInt(fraction.length) + BigInt(digits.length - kept.length);
  return `${sign}${kept}e${power}`;
}
