/**
 * One evaluation, of a statement or a template against one message: what all its closures share,
 * and how much work it may still do.
 */

import type { Random } from "../base/mod.ts";
import type { Trace } from "./explain/trace.ts";
import type { Answers } from "./external/answers.ts";
import { EvaluationFailure } from "./failure.ts";
import { sqlLimits } from "./limits.ts";
import type { MessageContext } from "./message.ts";
import type { MemberName } from "./values/form.ts";
import type { Reading } from "./values/reading.ts";
import { isObject, type Value } from "./values/value.ts";
import type { SqlVersion } from "./version.ts";

/** Where names resolve: the row of a subquery, then what is around it. */
export interface Scope {
  readonly run: Run;
  readonly row: Value;
  /** Absent at the top, where names are members of the payload. */
  readonly outer: Scope | undefined;
}

/** A compiled expression. */
export type Evaluate = (scope: Scope) => Value;

const noMembers: Members = {};
const noVariables: readonly Value[] = [];

type Members = { readonly [name: string]: Value };

/** It is also the outermost scope. */
export class Run implements Scope {
  readonly run: Run = this;
  readonly row = undefined;
  readonly outer = undefined;
  readonly message: MessageContext;
  readonly version: SqlVersion;
  /** Of SET, in its order; those further right are not there yet. */
  variables: readonly Value[];
  /** Present when the statement may ask other services. */
  readonly answers: Answers | undefined;
  /** Present when the evaluation is to be explained. */
  readonly trace: Trace | undefined;
  /** The payload, when it has the form of others before; it is read when first asked for. */
  #reading: Reading | undefined;
  /** Of the payload, when it is another plain object. */
  #members: Members | undefined;
  /** The payload, when it is an object of the other kind. */
  #map: ReadonlyMap<string, Value> | undefined;
  #workLeft: number = sqlLimits.workMax;

  constructor(setting: {
    readonly message: MessageContext;
    readonly version: SqlVersion;
    readonly variables?: readonly Value[] | undefined;
    readonly answers?: Answers | undefined;
    readonly trace?: Trace | undefined;
  }) {
    this.message = setting.message;
    this.version = setting.version;
    this.variables = setting.variables ?? noVariables;
    this.answers = setting.answers;
    this.trace = setting.trace;
  }

  get random(): Random {
    return this.answers?.random ?? this.message.random;
  }

  /** A member of the payload, by a name that is nothing to `Object.prototype`. */
  memberOfPayload(member: MemberName): Value {
    if (this.#reading) return this.#reading.valueAt(member.indexIn(this.#reading.form));
    if (!this.#members) return this.#readPayload().memberOfPayload(member);
    const value = this.#members[member.name];
    return value === undefined && this.#map ? this.#map.get(member.name) : value;
  }

  /** The member's number in the reading when that has it, and it is a text; else -1. */
  textIndexOf(member: MemberName): number {
    const { reading } = this;
    if (!reading) return -1;
    const index = member.indexIn(reading.form);
    return reading.textLengthAt(index) < 0 ? -1 : index;
  }

  /** The payload, when it has the form of others before. */
  get reading(): Reading | undefined {
    if (!this.#reading && !this.#members) this.#readPayload();
    return this.#reading;
  }

  #readPayload(): this {
    const { payload } = this.message;
    this.#reading = payload.reading;
    if (this.#reading) return this;
    const value = payload.json(this.version);
    if (value instanceof Map) this.#map = value;
    this.#members = isObject(value) && !(value instanceof Map) ? (value as Members) : noMembers;
    return this;
  }

  /** Counts work in the unit of `sqlLimits.workMax`; the evaluation ends when it was too much. */
  spend(work: number): void {
    this.#workLeft -= work;
    if (this.#workLeft >= 0) return;
    throw new EvaluationFailure(`the evaluation takes more than ${sqlLimits.workMax} steps`);
  }

  /** Counts a text that is about to be read from one end to the other. */
  spendOnText(text: string): void {
    if (text.length > 256) this.spend(text.length >> 3);
  }

  /** The same by the text's length. */
  spendOnLength(length: number): void {
    if (length > 256) this.spend(length >> 3);
  }
}
