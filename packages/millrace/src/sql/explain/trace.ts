/** What every expression gave while a statement was evaluated, in the order of the evaluation. */

import { sqlLimits } from "../limits.ts";
import type { Evaluate, Run } from "../run.ts";
import type { Expression } from "../syntax/tree.ts";
import type { Value } from "../values/value.ts";

export interface TracedStep {
  readonly expression: Expression;
  value: Value;
  /** Whether it ended the evaluation, itself or something in it. */
  hasFailed: boolean;
  /** What was evaluated for it; literals are left out. */
  readonly steps: TracedStep[];
}

export class Trace {
  /** Of the outermost expressions. */
  readonly steps: TracedStep[] = [];
  /** The innermost expression that failed. */
  failed: Expression | undefined;
  /** Steps that were too many to keep. */
  omittedCount = 0;
  readonly #open: TracedStep[] = [];
  #count = 0;

  /** Evaluates, and keeps what came of it. */
  record(expression: Expression, evaluate: () => Value): Value {
    const step: TracedStep = { expression, value: undefined, hasFailed: true, steps: [] };
    this.#count += 1;
    if (this.#count > sqlLimits.explainedStepsMax) this.omittedCount += 1;
    else (this.#open.at(-1)?.steps ?? this.steps).push(step);
    this.#open.push(step);
    try {
      step.value = evaluate();
      step.hasFailed = false;
      return step.value;
    } finally {
      if (step.hasFailed) this.failed ??= expression;
      this.#open.pop();
    }
  }
}

/** Around every closure of a statement that is to be explained. */
export function watch(expression: Expression, evaluate: Evaluate): Evaluate {
  return (scope) => {
    const { trace }: Run = scope.run;
    return trace ? trace.record(expression, () => evaluate(scope)) : evaluate(scope);
  };
}
