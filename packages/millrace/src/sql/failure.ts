/**
 * What ends an evaluation. The language has a value for everything, Undefined included; this is
 * for a service that failed, for what a message made too large or too long to go on with, and for
 * what only shows in a message and is not implemented.
 */

import { sqlLimits } from "./limits.ts";

export class EvaluationFailure extends Error {
  override name = "EvaluationFailure";
}

/** Another service failed; the one failure that `get_or_default` puts right. */
export class ExternalFailure extends EvaluationFailure {
  override name = "ExternalFailure";
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
