/**
 * One entry of a pattern's list: a value that the event must have, or a test of it, such as
 * `{"prefix": "a"}`. [EventBridge: Comparison operators for use in event patterns]
 *
 * Tests of texts hold for no other kind of value, but `anything-but` holds for everything that it
 * does not name, whatever its kind.
 */

import { JsonNumber, type JsonPath, parseAddressRange, rangeHolds, suggest } from "../base/mod.ts";
import type { Scalar } from "./event.ts";
import { readNumeric } from "./numeric.ts";
import type { PatternProblems } from "./problem.ts";
import { readWildcard } from "./wildcard.ts";

/** What holds for a value that is there, or that none is. */
export type Matcher = "absent" | ((value: Scalar) => boolean);

type TextTest = (value: string) => boolean;

type Reader = (given: unknown, path: JsonPath, problems: PatternProblems) => Matcher | undefined;

/** `undefined` when the problems say why not. */
export function readMatcher(
  given: unknown,
  path: JsonPath,
  problems: PatternProblems,
): Matcher | undefined {
  if (isScalar(given)) return (value) => equals(value, given);
  if (!isMap(given)) {
    return problems.report(path, "a value to match is a text, a number, true, false, null or {}");
  }
  const named = onlyMember(given, path, problems);
  if (!named) return undefined;
  const { name, value } = named;
  const reader = Object.hasOwn(readers, name) ? readers[name]! : undefined;
  if (reader) return reader(value, [...path, name], problems);
  const hint = suggest(name, Object.keys(readers));
  return problems.report([...path, name], `there is no match type "${name}"${hint}`);
}

const readers: Readonly<Record<string, Reader>> = {
  prefix: ofTexts((given, path, problems) => readEnd("prefix", given, path, problems)),
  suffix: ofTexts((given, path, problems) => readEnd("suffix", given, path, problems)),
  "equals-ignore-case": ofTexts(readIgnoreCase),
  wildcard: ofTexts(readWildcardTest),
  "anything-but": readAnythingBut,
  numeric(given, path, problems) {
    const test = readNumeric(given, path, problems);
    return test && ((value) => value instanceof JsonNumber && test(value));
  },
  cidr(given, path, problems) {
    const range = typeof given === "string" ? parseAddressRange(given) : undefined;
    if (!range || !String(given).includes("/")) {
      return problems.report(path, '"cidr" must be a range of addresses like "10.0.0.0/24"');
    }
    return (value) => typeof value === "string" && rangeHolds(range, value);
  },
  exists(given, path, problems) {
    if (typeof given !== "boolean") return problems.report(path, '"exists" is true or false');
    return given ? () => true : "absent";
  },
};

/** Names that make a map a test; a map with one of them is no alternative of `$or`. */
export const matchTypes: ReadonlySet<string> = new Set(Object.keys(readers));

type TextReader = (
  given: unknown,
  path: JsonPath,
  problems: PatternProblems,
) => TextTest | undefined;

function ofTexts(read: TextReader): Reader {
  return (given, path, problems) => {
    const test = read(given, path, problems);
    return test && ((value) => typeof value === "string" && test(value));
  };
}

function readEnd(
  kind: "prefix" | "suffix",
  given: unknown,
  path: JsonPath,
  problems: PatternProblems,
): TextTest | undefined {
  const test = kind === "prefix" ? startsWith : endsWith;
  if (typeof given === "string") return (text) => test(text, given);
  if (!isMap(given)) {
    const message = `"${kind}" must be a text, or {"equals-ignore-case": a text}`;
    return problems.report(path, message);
  }
  const named = onlyMember(given, path, problems);
  if (!named) return undefined;
  const { name, value } = named;
  if (name !== "equals-ignore-case" || typeof value !== "string") {
    const message = `"${kind}" knows "equals-ignore-case" with a text, and nothing else`;
    return problems.report([...path, name], message);
  }
  const lower = value.toLowerCase();
  return (text) => test(text.toLowerCase(), lower);
}

function startsWith(text: string, part: string): boolean {
  return text.startsWith(part);
}

function endsWith(text: string, part: string): boolean {
  return text.endsWith(part);
}

function readIgnoreCase(given: unknown, path: JsonPath, problems: PatternProblems) {
  if (typeof given !== "string") {
    return problems.report(path, '"equals-ignore-case" must be a text');
  }
  const lower = given.toLowerCase();
  return (text: string) => text.toLowerCase() === lower;
}

function readWildcardTest(given: unknown, path: JsonPath, problems: PatternProblems) {
  if (typeof given !== "string") return problems.report(path, '"wildcard" must be a text');
  const reading = readWildcard(given);
  return reading.ok ? reading.matches : problems.report(path, reading.message);
}

/** What may stand in `anything-but` instead of values: each with a text, or a list of texts. */
const negated: Readonly<Record<string, TextReader>> = {
  prefix: (given, path, problems) => readPart("prefix", given, path, problems),
  suffix: (given, path, problems) => readPart("suffix", given, path, problems),
  "equals-ignore-case": readIgnoreCase,
  wildcard: readWildcardTest,
};

/** Not the empty text, which every text begins and ends with: nothing would be left. */
function readPart(
  kind: "prefix" | "suffix",
  given: unknown,
  path: JsonPath,
  problems: PatternProblems,
): TextTest | undefined {
  if (typeof given === "string" && given !== "") return readEnd(kind, given, path, problems);
  return problems.report(path, `"${kind}" in "anything-but" must be a text that is not empty`);
}

function readAnythingBut(
  given: unknown,
  path: JsonPath,
  problems: PatternProblems,
): Matcher | undefined {
  if (isMap(given)) return readNegated(given, path, problems);
  const values: readonly unknown[] = Array.isArray(given) ? given : [given];
  const texts = values.filter((value) => typeof value === "string");
  const numbers = values.filter((value) => value instanceof JsonNumber);
  if (values.length === 0 || ![texts.length, numbers.length].includes(values.length)) {
    const message = '"anything-but" is a text, a number, or a list of either texts or numbers';
    return problems.report(path, message);
  }
  const named: readonly Scalar[] = [...texts, ...numbers];
  return (value) => !named.some((one) => equals(value, one));
}

function readNegated(
  given: Readonly<Record<string, unknown>>,
  path: JsonPath,
  problems: PatternProblems,
): Matcher | undefined {
  const named = onlyMember(given, path, problems);
  if (!named) return undefined;
  const { name, value } = named;
  const inner = [...path, name];
  const reader = Object.hasOwn(negated, name) ? negated[name]! : undefined;
  if (!reader) {
    const known = Object.keys(negated).join(", ");
    return problems.report(inner, `"anything-but" knows no "${name}"; it knows ${known}`);
  }
  const isOne = !Array.isArray(value);
  const values: readonly unknown[] = isOne ? [value] : value;
  if (values.length === 0) return problems.report(inner, `"${name}" is an empty list`);
  const tests = values.map((one, at) => reader(one, isOne ? inner : [...inner, at], problems));
  if (!tests.every((test) => test !== undefined)) return undefined;
  return (text) => typeof text !== "string" || !tests.some((test) => test(text));
}

/** Numbers as they are written. [EventBridge: string representation] */
function equals(left: Scalar, right: Scalar): boolean {
  if (left instanceof JsonNumber) return right instanceof JsonNumber && left.text === right.text;
  return left === right;
}

function onlyMember(
  given: Readonly<Record<string, unknown>>,
  path: JsonPath,
  problems: PatternProblems,
): { readonly name: string; readonly value: unknown } | undefined {
  const [name, ...more] = Object.keys(given);
  if (name === undefined) return problems.report(path, "a match expression cannot be empty");
  if (more.length > 0) {
    const message = `a match expression has one name, not ${more.length + 1}`;
    return problems.report([...path, more[0]!], message);
  }
  return { name, value: given[name] };
}

function isScalar(value: unknown): value is Scalar {
  return value === null || ["string", "boolean"].includes(typeof value) || isNumber(value);
}

function isNumber(value: unknown): value is JsonNumber {
  return value instanceof JsonNumber;
}

export function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !isNumber(value);
}
