/**
 * `numeric`: one comparison, or a lower and an upper bound. Six digits behind the point count, and
 * values up to five thousand millions either way, as EventBridge documents; an event's number
 * beyond that is in no range.
 */

import { JsonNumber, type JsonPath } from "../base/mod.ts";
import { patternLimits } from "./limits.ts";
import type { PatternProblems } from "./problem.ts";

const { numericMax, numericDecimals } = patternLimits;
const scale = 10 ** numericDecimals;

const comparisons: Readonly<Record<string, (left: number, right: number) => boolean>> = {
  "=": (left, right) => left === right,
  "<": (left, right) => left < right,
  "<=": (left, right) => left <= right,
  ">": (left, right) => left > right,
  ">=": (left, right) => left >= right,
};

interface Bound {
  readonly sign: string;
  readonly value: number;
}

type NumericTest = (value: JsonNumber) => boolean;

/** A test of numbers; `undefined` when the problems say why not. */
export function readNumeric(
  given: unknown,
  path: JsonPath,
  problems: PatternProblems,
): NumericTest | undefined {
  if (!Array.isArray(given) || given.length === 0) {
    return problems.report(path, 'the value of "numeric" must be a list like [">", 0, "<=", 5]');
  }
  const bounds: Bound[] = [];
  for (let at = 0; at < given.length; at += 2) {
    const bound = readBound(given, at, path, problems);
    if (!bound) return undefined;
    bounds.push(bound);
  }
  const [first, second, ...more] = bounds;
  if (!first || more.length > 0 || (second && !isRange(first, second))) {
    const message = 'a range of "numeric" is > or >= and a number, then < or <= and a number';
    return problems.report(path, message);
  }
  if (second && first.value >= second.value) {
    return problems.report(path, 'the lower bound of "numeric" must be less than the upper one');
  }
  return (number) => {
    const value = comparable(Number(number.text));
    return value !== undefined && bounds.every((one) => comparisons[one.sign]!(value, one.value));
  };
}

function isRange(first: Bound, second: Bound): boolean {
  return first.sign.startsWith(">") && second.sign.startsWith("<");
}

function readBound(
  given: readonly unknown[],
  at: number,
  path: JsonPath,
  problems: PatternProblems,
): Bound | undefined {
  const [sign, number] = [given[at], given[at + 1]];
  if (typeof sign !== "string" || !Object.hasOwn(comparisons, sign)) {
    return problems.report([...path, at], `"numeric" compares with ${signs()}, and not with this`);
  }
  if (!(number instanceof JsonNumber)) {
    const where = at + 1 < given.length ? [...path, at + 1] : path;
    return problems.report(where, `"${sign}" of "numeric" must be followed by a number`);
  }
  const value = comparable(Number(number.text));
  if (value === undefined) {
    const message = `${number.text} is outside of -${numericMax} to ${numericMax}`;
    return problems.report([...path, at + 1], message);
  }
  return { sign, value };
}

function signs(): string {
  return Object.keys(comparisons).join(" ");
}

/** In millionths; `undefined` beyond what is compared. */
function comparable(value: number): number | undefined {
  return Math.abs(value) <= numericMax ? Math.round(value * scale) : undefined;
}
