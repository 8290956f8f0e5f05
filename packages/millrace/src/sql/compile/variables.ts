/** SET to closures: variables get their values from left to right, each once. */

import { EvaluationFailure } from "../failure.ts";
import { sqlLimits } from "../limits.ts";
import type { Run } from "../run.ts";
import type { Assignment } from "../syntax/tree.ts";
import { writeJson } from "../values/json-write.ts";
import type { Value } from "../values/value.ts";
import { compileExpression } from "./expression.ts";
import type { Setting } from "./setting.ts";

/** Fills the variables of a run; throws when their values are too large. */
export function compileAssignments(
  assignments: readonly Assignment[],
  setting: Setting,
): (run: Run) => void {
  const values = assignments.map(({ value }) => compileExpression(value, setting));
  return (run) => {
    const variables: Value[] = [];
    run.variables = variables;
    let bytes = 0;
    for (const [slot, evaluate] of values.entries()) {
      const value = evaluate(run);
      bytes += sizeOf(value, run);
      if (bytes > sqlLimits.variableBytesMax) {
        const most = sqlLimits.variableBytesMax;
        const { name } = assignments[slot]!;
        throw new EvaluationFailure(`variables take more than ${most} bytes up to "${name}"`);
      }
      variables[slot] = value;
    }
  };
}

/** Of minified JSON. */
function sizeOf(value: Value, run: Run): number {
  if (typeof value === "object" && value !== null) {
    const text = writeJson(value, run.version);
    run.spend(text.length);
    return Buffer.byteLength(text);
  }
  return typeof value === "string" ? Buffer.byteLength(JSON.stringify(value)) : 5;
}
