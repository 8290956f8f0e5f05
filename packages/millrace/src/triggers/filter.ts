/** Filters: which records a function wants. [Lambda: Control which events Lambda sends] */

import {
  compilePatternText,
  type EventPattern,
  formatPatternProblem,
  readEvent,
} from "../patterns/mod.ts";
import { triggerLimits } from "./limits.ts";

/** Whether the record, as JSON, is wanted. */
export type Filter = (json: string) => boolean;

export type FilterResult =
  | { readonly ok: true; readonly filter: Filter | undefined }
  /** `index`: of the pattern; absent when it is their count. */
  | { readonly ok: false; readonly index?: number; readonly message: string };

/** One filter of all patterns, `undefined` for none, or what is wrong with the first bad one. */
export function compileFilters(patterns: readonly string[]): FilterResult {
  const { filtersMax } = triggerLimits;
  if (patterns.length > filtersMax) {
    return { ok: false, message: `there are ${patterns.length} of ${filtersMax} filters` };
  }
  if (patterns.length === 0) return { ok: true, filter: undefined };
  const compiled: EventPattern[] = [];
  for (const [index, text] of patterns.entries()) {
    const result = compilePatternText(text);
    if (!result.ok) return { ok: false, index, message: formatPatternProblem(result.problems[0]!) };
    compiled.push(result.pattern);
  }
  const filter = (json: string) => {
    const event = readEvent(json);
    return event !== undefined && compiled.some((pattern) => pattern.matches(event));
  };
  return { ok: true, filter };
}
