/**
 * SELECT of a statement to what a rule hands to its actions: bytes, and the value in them.
 *
 * `SELECT *` alone hands on the bytes it was given, JSON or not.
 */

import { noBytes, utf8 } from "../../base/mod.ts";
import type { Asked } from "../external/answers.ts";
import { EvaluationFailure } from "../failure.ts";
import type { Evaluate, Run } from "../run.ts";
import type { Selection } from "../syntax/tree.ts";
import { writeJson } from "../values/json-write.ts";
import type { Payload } from "../values/payload.ts";
import { isArray, type Value } from "../values/value.ts";
import { isFirstVersion, type SqlVersion } from "../version.ts";
import { compileFlatOutput } from "./flat-output.ts";
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
    return (run) => fired(run, new WholePayload(run.message.payload, version));
  }
  const flat = compileFlatOutput(selection, setting);
  if (flat) return (run) => fired(run, flat(run));
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

/** The value is read when somebody asks: most actions take the bytes. */
class WholePayload implements Output {
  readonly bytes: Uint8Array;
  readonly #payload: Payload;
  readonly #version: SqlVersion;
  #isRead = false;
  #value: Value;

  constructor(payload: Payload, version: SqlVersion) {
    this.bytes = payload.bytes;
    this.#payload = payload;
    this.#version = version;
  }

  /** Kept: a payload remembers what it is in one version only. */
  get value(): Value {
    if (!this.#isRead) {
      this.#value = this.#payload.json(this.#version);
      this.#isRead = true;
    }
    return this.#value;
  }
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
