/** What a function is: how many arguments it takes, and what it gives for them. */

import type { ExternalServices } from "../external/services.ts";
import type { Run } from "../run.ts";
import type { Value } from "../values/value.ts";

export interface FunctionDefinition {
  readonly argumentsMin: number;
  readonly argumentsMax: number;
  /** A number between the two that is wrong all the same. */
  readonly argumentsExcept?: number;
  /** Absent in version 2015-10-08. */
  readonly since2016?: boolean;
  /** The place, from 0, of an argument that may be `*`, the payload. */
  readonly starAt?: number;
  /** Arguments that must be text literals, for so many arguments. */
  readonly literals?: (count: number) => readonly LiteralRule[];
  readonly body: FunctionBody;
}

export interface LiteralRule {
  /** From 0. */
  readonly place: number;
  /** Any text when absent. */
  readonly texts?: readonly string[];
}

export type FunctionBody =
  | { readonly kind: "values"; readonly apply: ApplyToValues }
  /** All arguments are converted to text; when one has none the call is Undefined. */
  | { readonly kind: "texts"; readonly apply: (run: Run, ...texts: string[]) => Value }
  /** The first argument alone is; there are at most two others. */
  | {
      readonly kind: "textFirst";
      readonly apply: ApplyToText;
      /** Stands for a last argument that is not given. */
      readonly absent: Value;
    }
  | PatternBody
  /** The number of characters of the argument as text; comparisons with it are compiled apart. */
  | { readonly kind: "length" }
  /** The base64 of the payload's bytes, for `encode(*, ...)`; of a text otherwise. */
  | { readonly kind: "encode" }
  /** The first argument, or the second when the first has no value or a service failed. */
  | { readonly kind: "default" }
  | ExternalBody;

export type ApplyToValues = (run: Run, ...values: Value[]) => Value;
/** From `start` to `end` the bytes are ASCII without control characters. */
export type ApplyToAscii = (run: Run, bytes: Uint8Array, start: number, end: number) => Value;
export type ApplyToText = (run: Run, text: string, first: Value, second: Value) => Value;

/**
 * One argument is a pattern, with a language of its own. A literal one is prepared when the
 * statement is loaded, one out of a message when it is met.
 */
export interface PatternBody {
  readonly kind: "pattern";
  readonly place: number;
  /** With the other arguments, in their order, as far as they are literals. */
  readonly prepare: (pattern: string, others: readonly Value[]) => PreparedPattern;
}

/** `apply` takes the other arguments. An invalid pattern makes the call Undefined. */
export type PreparedPattern =
  | {
      readonly ok: true;
      readonly apply: ApplyToValues;
      /** The same of an ASCII text in bytes, when there is no other argument. */
      readonly applyToAscii?: ApplyToAscii;
      /** What preparing it was, counted as work of the evaluation that met it. */
      readonly work: number;
    }
  | {
      readonly ok: false;
      readonly reason: "invalid" | "notImplemented";
      readonly message: string;
    };

export interface ExternalBody {
  readonly kind: "external";
  readonly service: keyof ExternalServices;
  /** Takes the arguments; throws an `ExternalFailure` when nothing can be asked with them. */
  readonly bind: (services: ExternalServices) => ApplyToValues;
}

/** By name in lower case. */
export type FunctionTable = Readonly<Record<string, FunctionDefinition>>;

type Counts = number | readonly [min: number, max: number];

function takes(counts: Counts, body: FunctionBody): FunctionDefinition {
  const [argumentsMin, argumentsMax] = typeof counts === "number" ? [counts, counts] : counts;
  return { argumentsMin, argumentsMax, body };
}

export function onValues(counts: Counts, apply: ApplyToValues): FunctionDefinition {
  return takes(counts, { kind: "values", apply });
}

export function onTexts(
  count: number,
  apply: (run: Run, ...texts: string[]) => Value,
): FunctionDefinition {
  return takes(count, { kind: "texts", apply });
}

export function onTextFirst(
  counts: Counts,
  apply: ApplyToText,
  absent?: Value,
): FunctionDefinition {
  return takes(counts, { kind: "textFirst", apply, absent });
}

export function onPattern(
  counts: Counts,
  place: number,
  prepare: (pattern: string, others: readonly Value[]) => PreparedPattern,
): FunctionDefinition {
  return takes(counts, { kind: "pattern", place, prepare });
}

/** Not in version 2015-10-08. */
export function since2016(definition: FunctionDefinition): FunctionDefinition {
  return { ...definition, since2016: true };
}
