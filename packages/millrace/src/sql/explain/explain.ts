/**
 * Why a statement did what it did with a message: what each expression gave, from its source text
 * to its value, and where an evaluation ended that failed.
 *
 * The statement is compiled once more, with a watch around every closure, so that one that nobody
 * asks about pays nothing. Both ways run the same closures in the same order.
 */

import type { Evaluation, Output } from "../compile/output.ts";
import { compileRun, failureText } from "../compile/statement.ts";
import { Answers } from "../external/answers.ts";
import type { ExternalServices } from "../external/services.ts";
import { EvaluationFailure } from "../failure.ts";
import type { MessageContext } from "../message.ts";
import { Run } from "../run.ts";
import { type Place, placeOf } from "../syntax/refusal.ts";
import type { Expression, Span, Statement } from "../syntax/tree.ts";
import { writeJson } from "../values/json-write.ts";
import { type TypeName, typeNameOf, type Value } from "../values/value.ts";
import type { SqlVersion } from "../version.ts";
import { Trace, type TracedStep, watch } from "./trace.ts";

/** A part of the statement. */
export interface SourcePart extends Place {
  readonly source: string;
}

export interface ExplainedValue {
  readonly type: TypeName;
  /** Its JSON, the first part of it when it is long; empty for Undefined. */
  readonly json: string;
}

export interface ExplainedStep extends SourcePart {
  /** Absent: it, or a step in it, ended the evaluation. */
  readonly value?: ExplainedValue;
  /** What it was made of, in the order of the evaluation; literals are left out. */
  readonly steps: readonly ExplainedStep[];
}

export interface Explanation {
  readonly fired: boolean;
  /** What SET gave; those behind a failure are missing. */
  readonly variables: readonly { readonly name: string; readonly step: ExplainedStep }[];
  /**
   * Absent when there is no WHERE, or SET failed. Its value is true when it let the rule go on. At
   * the top AND stops at the first side that is not true, and has the value of that side.
   */
  readonly where?: ExplainedStep;
  /** Empty when WHERE did not let the rule go on. */
  readonly select: readonly ExplainedStep[];
  readonly output?: Output;
  /** What SET gave, for the templates of actions; absent unless it fired. */
  readonly values?: readonly Value[];
  /** Without a place when it belongs to the statement as a whole. */
  readonly failure?: { readonly message: string } & Partial<SourcePart>;
  /** Steps that are not told because there were too many. */
  readonly omittedSteps: number;
}

const jsonLengthMax = 2000;

export type Explain = (message: MessageContext) => Explanation | Promise<Explanation>;

/**
 * Explains messages: a promise comes back when the statement asks other services, and only then.
 * Neither throws. `services` are those that the statement was parsed with.
 */
export function createExplain(statement: Statement, services: ExternalServices = {}): Explain {
  const runStatement = compileRun(statement, { services, watch });
  const { version, isExternal } = statement;
  return (message) => {
    let trace = new Trace();
    const run = (answers?: Answers) => {
      trace = new Trace(); // what a run met that had to wait for an answer is told by the next
      return runStatement(new Run({ message, version, answers, trace }));
    };
    const tell = (evaluation: Evaluation) => explain(statement, trace, evaluation);
    if (!isExternal) return tell(caught(run));
    const answers = new Answers(message.random);
    const told = answers.complete(() => caught(() => run(answers))).then(tell);
    return told.catch((thrown) => tell({ fired: false, failure: failureText(thrown) }));
  };
}

/** A suspension, which is no failure, goes on. */
function caught(run: () => Evaluation): Evaluation {
  try {
    return run();
  } catch (thrown) {
    return { fired: false, failure: failureText(thrown) };
  }
}

function explain(statement: Statement, trace: Trace, evaluation: Evaluation): Explanation {
  const { source, assignments, where } = statement;
  const steps = new Map(trace.steps.map((step) => [step.expression, step]));
  const take = (expression: Expression) => {
    const step = steps.get(expression);
    steps.delete(expression);
    return step ? tellStep(step, statement) : tellLiteral(expression, statement);
  };
  const variables: { name: string; step: ExplainedStep }[] = [];
  for (const { name, value } of assignments) {
    const step = take(value);
    if (step) variables.push({ name, step });
    if (!step?.value) break;
  }
  const whereStep = where && take(where);
  const told = {
    variables,
    ...(whereStep ? { where: whereStep } : {}),
    select: [...steps.values()].map((step) => tellStep(step, statement)),
    omittedSteps: trace.omittedCount,
  };
  if (evaluation.fired) {
    const { output, variables: values } = evaluation;
    return { fired: true, ...told, output, values };
  }
  if (evaluation.failure === undefined) return { fired: false, ...told };
  const place = trace.failed ? partOf(source, trace.failed) : {};
  return { fired: false, ...told, failure: { message: evaluation.failure, ...place } };
}

function tellStep(step: TracedStep, statement: Statement): ExplainedStep {
  const { expression, value, hasFailed } = step;
  return {
    ...partOf(statement.source, expression),
    ...(hasFailed ? {} : { value: explainValue(value, statement) }),
    steps: step.steps.map((inner) => tellStep(inner, statement)),
  };
}

/** A literal is evaluated without a trace, and is what it is. */
function tellLiteral(expression: Expression, statement: Statement): ExplainedStep | undefined {
  if (expression.kind !== "literal") return undefined;
  const value = explainValue(expression.value, statement);
  return { ...partOf(statement.source, expression), value, steps: [] };
}

function partOf(source: string, { start, end }: Span): SourcePart {
  return { source: source.slice(start, end), ...placeOf(source, start) };
}

function explainValue(value: Value, { version }: Statement): ExplainedValue {
  return { type: typeNameOf(value), json: jsonOf(value, version) };
}

/** A value may be larger than what a statement may output, when nothing outputs it. */
function jsonOf(value: Value, version: SqlVersion): string {
  try {
    const json = writeJson(value, version);
    return json.length > jsonLengthMax ? `${json.slice(0, jsonLengthMax)}...` : json;
  } catch (thrown) {
    if (thrown instanceof EvaluationFailure) return "...";
    throw thrown;
  }
}
