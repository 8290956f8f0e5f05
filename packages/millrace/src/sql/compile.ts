/**
 * Statements to something that can be asked of every message.
 *
 * The order is WHERE, then SELECT. `SELECT *` alone hands on the bytes it was given, JSON or not.
 */

import { noBytes, utf8 } from "../base/mod.ts";
import { compileCondition } from "./compile-expression.ts";
import { compileSelection, isStarAlone } from "./compile-select.ts";
import { EvaluationFailure } from "./failure.ts";
import { writeJson } from "./json-write.ts";
import type { Evaluate, MessageContext, Scope } from "./scope.ts";
import type { Selection, Statement } from "./syntax.ts";
import { isArray, type Value } from "./value.ts";
import type { SqlVersion } from "./version.ts";

/** What a rule hands to its actions. */
export interface Output {
  /** Minified JSON in UTF-8, or the payload as it came; empty when the value is Undefined. */
  readonly bytes: Uint8Array;
  /** Undefined when the bytes are not JSON. */
  readonly value: Value;
}

/** A rule that did not fire says why only when that was a failure. */
export type Evaluation =
  | { readonly fired: true; readonly output: Output }
  | { readonly fired: false; readonly failure?: string };

export interface CompiledStatement {
  readonly version: SqlVersion;
  /** Absent: the statement has no FROM. */
  readonly topicFilter: string | undefined;
  evaluate(message: MessageContext): Evaluation;
}

const notFired: Evaluation = { fired: false };

/** A parsed statement always compiles; `evaluate` never throws. */
export function compileStatement(statement: Statement): CompiledStatement {
  const { version, topicFilter, where } = statement;
  const passes = where ? compileCondition(where, version) : undefined;
  const select = compileOutput(statement.selection, version);
  return {
    version,
    topicFilter: topicFilter?.text,
    evaluate: (message) =>
      catchFailure(() => {
        const scope = topScope(message);
        return passes && !passes(scope) ? notFired : select(scope);
      }),
  };
}

function catchFailure(evaluate: () => Evaluation): Evaluation {
  try {
    return evaluate();
  } catch (thrown) {
    if (thrown instanceof EvaluationFailure) return failed(thrown.message);
    // JavaScript says no more than this of a text or an array beyond its own bounds.
    if (thrown instanceof RangeError) return failed(`the result is too large: ${thrown.message}`);
    throw thrown;
  }
}

export function topScope(message: MessageContext): Scope {
  return { message, row: undefined, alias: undefined, outer: undefined };
}

function compileOutput(selection: Selection, version: SqlVersion): (scope: Scope) => Evaluation {
  if (isStarAlone(selection)) {
    return ({ message: { payload } }) =>
      fired({ bytes: payload.bytes, value: payload.json(version) });
  }
  const select = compileSelection(selection, starOf(version), version);
  if (selection.kind === "value") {
    return (scope) => valueOutput(select(scope), version);
  }
  const hasStar = selection.items.some(({ kind }) => kind === "star");
  return (scope) => {
    if (hasStar && starOf(version)(scope) === undefined) {
      return failed('"*" cannot be joined with other columns: the payload is not JSON');
    }
    const value = select(scope);
    return value === undefined
      ? failed('"*" cannot be joined with other columns: the payload is not a JSON object')
      : fired(outputOf(value, version));
  };
}

/** An empty payload counts as an object without members. */
function starOf(version: SqlVersion): Evaluate {
  return ({ message: { payload } }) => (payload.bytes.length === 0 ? {} : payload.json(version));
}

function valueOutput(value: Value, version: SqlVersion): Evaluation {
  if (version === "2015-10-08" && isArray(value)) {
    return failed('SELECT VALUE gives an array, which version "2015-10-08" cannot output');
  }
  return fired(outputOf(value, version));
}

function outputOf(value: Value, version: SqlVersion): Output {
  return { bytes: value === undefined ? noBytes : utf8(writeJson(value, version)), value };
}

function fired(output: Output): Evaluation {
  return { fired: true, output };
}

function failed(failure: string): Evaluation {
  return { fired: false, failure };
}
