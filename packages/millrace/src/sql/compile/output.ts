/**
 * SELECT of a statement to what a rule hands to its actions: bytes, and the value in them.
 *
 * `SELECT *` alone hands on the bytes it was given, JSON or not.
 */

import { noBytes, utf8 } from "../../base/mod.ts";
import type { Asked } from "../external/answers.ts";
import { checkTextLength, EvaluationFailure } from "../failure.ts";
import type { Evaluate, Run } from "../run.ts";
import type { Selection } from "../syntax/tree.ts";
import { writeJson } from "../values/json-write.ts";
import { isArray, isPlainKey, type Value } from "../values/value.ts";
import { isFirstVersion, type SqlVersion } from "../version.ts";
import { compileExpression, payloadNameOf } from "./expression.ts";
import { compileSelection, isStarAlone } from "./select.ts";
import type { Setting } from "./setting.ts";

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
      /** The services that the statement asked; absent when it asks none. */
      readonly asked?: readonly Asked[];
    }
  | { readonly fired: false; readonly failure?: string; readonly asked?: readonly Asked[] };

/** One run of a statement; it throws what ends an evaluation. */
export type RunStatement = (run: Run) => Evaluation;

/** The closure throws an `EvaluationFailure` when there is nothing to hand on. */
export function compileOutput(selection: Selection, setting: Setting): RunStatement {
  const { version } = setting;
  if (isStarAlone(selection)) {
    return (run) => {
      const { payload } = run.message;
      return fired(run, { bytes: payload.bytes, value: payload.json(version) });
    };
  }
  const columns = flatColumnsOf(selection, setting);
  if (columns) return compileFlat(columns, version);
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

interface FlatColumn {
  readonly key: string;
  readonly evaluate: Evaluate;
  /** Of the member of the payload, when the column is nothing else. */
  readonly name: string | undefined;
}

/** When each column is a member of the output of its own, which is what most rules select. */
function flatColumnsOf(selection: Selection, setting: Setting): FlatColumn[] | undefined {
  if (selection.kind === "value") return undefined;
  const columns: FlatColumn[] = [];
  for (const item of selection.items) {
    const [key, ...rest] = item.alias ?? [];
    if (item.kind === "star" || key === undefined || rest.length > 0 || !isPlainKey(key)) {
      return undefined;
    }
    const { expression } = item;
    const name = payloadNameOf(expression, setting);
    columns.push({ key, evaluate: compileExpression(expression, setting), name });
  }
  return new Set(columns.map(({ key }) => key)).size === columns.length ? columns : undefined;
}

/** The object is copied with all its members in place, and its texts are measured on the way. */
function compileFlat(columns: readonly FlatColumn[], version: SqlVersion): RunStatement {
  const empty: Record<string, Value> = {};
  for (const { key } of columns) empty[key] = undefined;
  const keys = columns.map(({ key }) => key);
  const values = columns.map(({ evaluate }) => evaluate);
  const names = columns.map(({ name }) => name);
  return (run) => {
    const object = { ...empty };
    let textLength = 0;
    let isSimple = true;
    for (let at = 0; at < keys.length; at += 1) {
      const name = names[at];
      const value = name === undefined ? values[at]!(run) : run.memberOfPayload(name);
      if (value === undefined) continue;
      object[keys[at]!] = value;
      if (typeof value === "string") textLength += value.length;
      else if (typeof value === "bigint" || (typeof value === "object" && value !== null)) {
        isSimple = false;
      }
    }
    if (!isSimple) return fired(run, outputOf(object, version));
    checkTextLength(textLength);
    return fired(run, { bytes: utf8(JSON.stringify(object)), value: object });
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
