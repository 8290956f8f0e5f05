/** What is wrong with an event pattern, and where. */

import type { JsonPath } from "../base/mod.ts";
import { patternLimits } from "./limits.ts";

export interface PatternProblem {
  readonly path: JsonPath;
  readonly message: string;
  /** From 1; only when the pattern came as text. */
  readonly line?: number;
  readonly column?: number;
}

/** Collects problems, so that all of a pattern are seen at once. */
export class PatternProblems {
  readonly list: PatternProblem[] = [];

  report(path: JsonPath, message: string): undefined {
    if (this.list.length < patternLimits.problemsMax) this.list.push({ path, message });
    return undefined;
  }
}

/** A problem in one line, as the services word it after "Event pattern is not valid. Reason:". */
export function formatPatternProblem({ path, message, line, column }: PatternProblem): string {
  const place = line === undefined ? "" : ` (line ${line}, column ${column})`;
  const at = path.length === 0 ? "" : ` at ${pathText(path)}`;
  return `${message}${at}${place}`;
}

/** As one would write it in JavaScript: `detail.state[0]`. */
export function pathText(path: JsonPath): string {
  return path
    .map((step, index) => {
      if (typeof step === "number") return `[${step}]`;
      if (!/^[\w$-]+$/.test(step)) return `[${JSON.stringify(step)}]`;
      return index === 0 ? step : `.${step}`;
    })
    .join("");
}
