/**
 * How a value of a request is compared with one of the policy: the families of comparison that the
 * operators are made of. A value that is not of the family's kind matches nothing.
 */

import { compareBytes, fromBase64, parseAddressRange, rangeHolds } from "../../base/mod.ts";
import { compileArnPattern, isArnPattern } from "../match/arn-pattern.ts";
import type { Context } from "../match/context.ts";
import { Pattern } from "../match/pattern.ts";
import { type PatternSyntax, parsePieces } from "../match/pieces.ts";
import { compareDates, dateForm, parseDate } from "./dates.ts";
import { compareDecimals, parseDecimal } from "./decimals.ts";

/** A value of the policy, ready to be compared. */
export interface Comparison {
  /** Normalized keys of the variables in it. */
  readonly keys: readonly string[];
  matches(value: string, context: Context): boolean;
}

type Version = PatternSyntax["version"];

export interface Family {
  /** What is wrong with a value of the policy; `undefined` when nothing is. */
  complain(text: string, version: Version): string | undefined;
  compile(text: string, version: Version): Comparison;
}

export const texts: Family = {
  complain: (text, version) => variableComplaint(text, { version, wildcards: false }),
  compile: (text, version) => new Pattern(text, { version, wildcards: false }),
};

export const textsIgnoringCase: Family = {
  complain: texts.complain,
  compile(text, version) {
    const pattern = new Pattern(text, { version, wildcards: false });
    const own = pattern.closed?.literal?.toLowerCase();
    const matches = (value: string, context: Context): boolean =>
      value.toLowerCase() === (own ?? pattern.resolve(context)?.literal?.toLowerCase());
    return { keys: pattern.keys, matches };
  },
};

export const patterns: Family = {
  complain: (text, version) => variableComplaint(text, { version, wildcards: true }),
  compile: (text, version) => new Pattern(text, { version, wildcards: true }),
};

export const arns: Family = {
  complain(text, version) {
    const parsed = parsePieces(text, { version, wildcards: true });
    if (!parsed.ok) return parsed.message;
    return isArnPattern(parsed.pieces) ? undefined : `'${text}' is not an ARN of six parts`;
  },
  compile: (text, version) => compileArnPattern(text, { version, wildcards: true }),
};

export const booleans: Family = {
  complain: (text) => (/^(true|false)$/i.test(text) ? undefined : `'${text}' is not true or false`),
  compile(text) {
    const wanted = text.toLowerCase();
    return { keys: [], matches: (value) => value.toLowerCase() === wanted };
  },
};

export const binaries: Family = {
  complain: (text) => (fromBase64(text) ? undefined : `'${text}' is not base64`),
  compile(text) {
    const wanted = fromBase64(text)!;
    const matches = (value: string): boolean => {
      const bytes = fromBase64(value);
      return bytes !== undefined && compareBytes(bytes, wanted) === 0;
    };
    return { keys: [], matches };
  },
};

export const addresses: Family = {
  complain: (text) =>
    parseAddressRange(text)
      ? undefined
      : `'${text}' is not an IP address or a range such as 203.0.113.0/24`,
  compile(text) {
    const range = parseAddressRange(text)!;
    return { keys: [], matches: (value) => rangeHolds(range, value) };
  },
};

/** Of the value of the request, less that of the policy. */
export type Order = (difference: number) => boolean;

export const equal: Order = (difference) => difference === 0;
export const less: Order = (difference) => difference < 0;
export const lessOrEqual: Order = (difference) => difference <= 0;
export const greater: Order = (difference) => difference > 0;
export const greaterOrEqual: Order = (difference) => difference >= 0;

/** Decimals, of which the order holds; what is no number never matches. */
export function numbers(holds: Order): Family {
  return {
    complain: (text) => (parseDecimal(text) ? undefined : `'${text}' is not a number`),
    compile(text) {
      const wanted = parseDecimal(text)!;
      const matches = (value: string): boolean => {
        const given = parseDecimal(value);
        return given !== undefined && holds(compareDecimals(given, wanted));
      };
      return { keys: [], matches };
    },
  };
}

/** Moments, of which the order holds; what is no date never matches. */
export function dates(holds: Order): Family {
  return {
    complain: (text) =>
      parseDate(text) === undefined ? `'${text}' is not ${dateForm}` : undefined,
    compile(text) {
      const wanted = parseDate(text)!;
      const matches = (value: string): boolean => {
        const given = parseDate(value);
        return given !== undefined && holds(compareDates(given, wanted));
      };
      return { keys: [], matches };
    },
  };
}

function variableComplaint(text: string, syntax: PatternSyntax): string | undefined {
  const parsed = parsePieces(text, syntax);
  return parsed.ok ? undefined : parsed.message;
}
