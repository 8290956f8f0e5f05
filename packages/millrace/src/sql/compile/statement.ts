/**
 * Statements to something that can be asked of every message.
 *
 * The order is SET, WHERE, SELECT. `SELECT *` alone hands on the bytes it was given, JSON or not.
 */

import { Answers } from "../external/answers.ts";
import type { ExternalServices } from "../external/services.ts";
import { EvaluationFailure } from "../failure.ts";
import type { MessageContext } from "../message.ts";
import { Run } from "../run.ts";
import type { Statement } from "../syntax/tree.ts";
import { isTrue } from "../values/convert.ts";
import type { SqlVersion } from "../version.ts";
import { compileCondition } from "./expression.ts";
import { compileOutput, type Evaluation, type RunStatement } from "./output.ts";
import type { Setting, Watch } from "./setting.ts";
import { compileAssignments } from "./variables.ts";

export interface CompiledStatement {
  readonly version: SqlVersion;
  /** Absent: the statement has no FROM. */
  readonly topicFilter: string | undefined;
  /** Names with their `@`, in the order of SET. */
  readonly variables: readonly string[];
  /** A promise when the statement asks other services, and only then. Neither throws. */
  evaluate(message: MessageContext): Evaluation | Promise<Evaluation>;
}

const notFired: Evaluation = { fired: false };

/** A parsed statement always compiles; `services` are those that it was parsed with. */
export function compileStatement(
  statement: Statement,
  services: ExternalServices = {},
): CompiledStatement {
  const { version, topicFilter, assignments, isExternal } = statement;
  const runStatement = compileRun(statement, { services });
  return {
    version,
    topicFilter: topicFilter?.text,
    variables: assignments.map(({ name }) => name),
    evaluate: (message) => {
      if (isExternal) return evaluateWithServices(runStatement, message, version);
      try {
        return runStatement(new Run({ message, version }));
      } catch (thrown) {
        return failed(failureText(thrown));
      }
    },
  };
}

/** SET, WHERE and SELECT of a statement as one closure. */
export function compileRun(
  { version, assignments, selection, where }: Statement,
  options: { readonly services: ExternalServices; readonly watch?: Watch },
): RunStatement {
  const setting: Setting = { version, aliases: [], ...options };
  const assign = assignments.length > 0 ? compileAssignments(assignments, setting) : undefined;
  const condition = where && compileCondition(where, setting);
  const select = compileOutput(selection, setting);
  return (run) => {
    assign?.(run);
    return !condition || isTrue(condition(run)) ? select(run) : notFired;
  };
}

async function evaluateWithServices(
  runStatement: RunStatement,
  message: MessageContext,
  version: SqlVersion,
): Promise<Evaluation> {
  const answers = new Answers(message.random);
  try {
    const run = () => runStatement(new Run({ message, version, answers }));
    return { ...(await answers.complete(run)), asked: answers.asked };
  } catch (thrown) {
    return { ...failed(failureText(thrown)), asked: answers.asked };
  }
}

/** Throws on what is no failure of an evaluation, but ours. */
export function failureText(thrown: unknown): string {
  if (thrown instanceof EvaluationFailure) return thrown.message;
  // JavaScript says no more than this of a text or an array beyond its own bounds.
  if (thrown instanceof RangeError) return `the result is too large: ${thrown.message}`;
  throw thrown;
}

function failed(failure: string): Evaluation {
  return { fired: false, failure };
}
