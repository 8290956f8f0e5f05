/**
 * What ends an evaluation. The language has a value for everything, Undefined included; this is
 * for a result or a search that a message made too large to go on with.
 */

import { sqlLimits } from "./limits.ts";

export class EvaluationFailure extends Error {
  override name = "EvaluationFailure";
}

/** The text; one that is too long ends the evaluation. */
export function boundedText(text: string): string {
  checkTextLength(text.length);
  return text;
}

/** For a text that is yet to be made. */
export function checkTextLength(length: number): void {
  if (length <= sqlLimits.textLengthMax) return;
  throw new EvaluationFailure(`a text is longer than ${sqlLimits.textLengthMax} characters`);
}
