/**
 * Statements to something that can be asked of every message.
 *
 * The order is SET, WHERE, SELECT. `SELECT *` alone hands on the bytes it was given, JSON or not.
 */

import { noBytes, utf8 } from "../../base/mod.ts";
import { Answers } from "../external/answers.ts";
import type { ExternalServices } from "../external/services.ts";
import { EvaluationFailure } from "../failure.ts";
import type { MessageContext } from "../message.ts";
import { type Evaluate, Run } from "../run.ts";
import type { Selection, Statement } from "../syntax/tree.ts";
import { isTrue } from "../values/convert.ts";
import { writeJson } from "../values/json-write.ts";
import { isArray, type Value } from "../values/value.ts";
import { isFirstVersion, type SqlVersion } from "../version.ts";
import { compileCondition } from "./expression.ts";
import { compileSelection, isStarAlone } from "./select.ts";
import type { Setting, Watch } from "./setting.ts";
import { compileAssignments } from "./variables.ts";

/** What a rule hands to its actions. */
export interface Output {
  /** Minified JSON in UTF-8, or the payload as it came; empty when the value is Undefined. */
  readonly bytes: Uint8Array;
  /** Undefined when the bytes are not JSON. */
  readonly value: Value;
}

/** A rule that did not fire says why only when that was a failure. */
export type Evaluation =
  | {
      readonly fired: true;
      readonly output: Output;
      /** What SET gave, for the templates of the rule's actions. */
      readonly variables: readonly Value[];
    }
  | { readonly fired: false; readonly failure?: string };

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

/** One run of a statement; it throws what ends an evaluation. */
export type RunStatement = (run: Run) => Evaluation;

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
    evaluate: (message) =>
      isExternal
        ? evaluateWithServices(runStatement, message, version)
        : catchFailure(() => runStatement(new Run({ message, version }))),
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
    return await answers.complete(() => runStatement(new Run({ message, version, answers })));
  } catch (thrown) {
    return failed(failureText(thrown));
  }
}

function catchFailure(evaluate: () => Evaluation): Evaluation {
  try {
    return evaluate();
  } catch (thrown) {
    return failed(failureText(thrown));
  }
}

/** Throws on what is no failure of an evaluation, but ours. */
export function failureText(thrown: unknown): string {
  if (thrown instanceof EvaluationFailure) return thrown.message;
  // JavaScript says no more than this of a text or an array beyond its own bounds.
  if (thrown instanceof RangeError) return `the result is too large: ${thrown.message}`;
  throw thrown;
}

function compileOutput(selection: Selection, setting: Setting): RunStatement {
  const { version } = setting;
  if (isStarAlone(selection)) {
    return (run) => {
      const { payload } = run.message;
      return fired(run, { bytes: payload.bytes, value: payload.json(version) });
    };
  }
  const select = compileSelection(selection, star, setting);
  if (selection.kind === "value") return (run) => valueOutput(run, select(run));
  const hasStar = selection.items.some(({ kind }) => kind === "star");
  return (run) => {
    if (hasStar && star(run) === undefined) {
      throw new EvaluationFailure(
        '"*" cannot be joined with other columns: the payload is not JSON',
      );
    }
    const value = select(run);
    if (value !== undefined) return fired(run, outputOf(value, version));
    throw new EvaluationFailure(
      '"*" cannot be joined with other columns: the payload is not a JSON object',
    );
  };
}

/** An empty payload counts as an object without members. */
const star: Evaluate = ({ run }) => {
  const { payload } = run.message;
  return payload.bytes.length === 0 ? {} : payload.json(run.version);
};

function valueOutput(run: Run, value: Value): Evaluation {
  if (isArray(value) && isFirstVersion(run.version)) {
    throw new EvaluationFailure(
      'SELECT VALUE gives an array, which version "2015-10-08" cannot output',
    );
  }
  return fired(run, outputOf(value, run.version));
}

function outputOf(value: Value, version: SqlVersion): Output {
  return { bytes: value === undefined ? noBytes : utf8(writeJson(value, version)), value };
}

function fired({ variables }: Run, output: Output): Evaluation {
  return { fired: true, output, variables };
}

function failed(failure: string): Evaluation {
  return { fired: false, failure };
}
