/**
 * A selection each column of which is a member of the output of its own, which is what most rules
 * select. Where the payload has the form of others before, members that are handed on are copied as
 * they stand in it, and neighbours together: how is found out once for each form.
 */

import { noBytes, utf8 } from "../../base/mod.ts";
import { checkTextLength } from "../failure.ts";
import type { Evaluate, Run } from "../run.ts";
import type { Selection } from "../syntax/tree.ts";
import type { Form, MemberName } from "../values/form.ts";
import { JsonBytes } from "../values/json-bytes.ts";
import { writeJson } from "../values/json-write.ts";
import type { Reading } from "../values/reading.ts";
import { isPlainKey, type Value } from "../values/value.ts";
import type { SqlVersion } from "../version.ts";
import { compileExpression, payloadMemberOf } from "./expression.ts";
import type { Output } from "./output.ts";
import type { Setting } from "./setting.ts";

/** One for all: nothing else is evaluated while an output is put together. */
const json = new JsonBytes();

interface Column {
  readonly key: string;
  /** Absent for a column that is nothing but a member of the payload. */
  readonly evaluate: Evaluate | undefined;
  readonly member: MemberName | undefined;
}

/** What a form's members, or one value, bring to the output. */
interface Step {
  /** The key and its colon, unless they are copied too. */
  readonly head: Uint8Array;
  /** Of the value among those that are evaluated; -1 when members are copied. */
  readonly valueIndex: number;
  /** Numbers of members in the form. */
  readonly first: number;
  last: number;
}

/** `undefined` for a selection of another kind. */
export function compileFlatOutput(
  selection: Selection,
  setting: Setting,
): ((run: Run) => Output) | undefined {
  const columns = flatColumnsOf(selection, setting);
  return columns && new FlatSelection(columns, setting.version).select;
}

function flatColumnsOf(selection: Selection, setting: Setting): Column[] | undefined {
  if (selection.kind === "value") return undefined;
  const columns: Column[] = [];
  for (const item of selection.items) {
    const [key, ...rest] = item.alias ?? [];
    if (item.kind === "star" || key === undefined || rest.length > 0 || !isPlainKey(key)) {
      return undefined;
    }
    const member = payloadMemberOf(item.expression, setting);
    const evaluate = member ? undefined : compileExpression(item.expression, setting);
    columns.push({ key, evaluate, member });
  }
  return new Set(columns.map(({ key }) => key)).size === columns.length ? columns : undefined;
}

class FlatSelection {
  readonly #columns: readonly Column[];
  readonly #evaluated: readonly Evaluate[];
  readonly #version: SqlVersion;
  readonly #empty: Record<string, Value> = {};
  readonly #stepsByForm = new WeakMap<Form, readonly Step[]>();
  /** Of the latest message, whose form is mostly that of the next. */
  #form: Form | undefined;
  #steps: readonly Step[] = [];

  constructor(columns: readonly Column[], version: SqlVersion) {
    this.#columns = columns;
    this.#evaluated = columns.flatMap(({ evaluate }) => evaluate ?? []);
    this.#version = version;
    for (const { key } of columns) this.#empty[key] = undefined;
  }

  readonly select = (run: Run): Output => {
    const values: Value[] = [];
    for (let at = 0; at < this.#evaluated.length; at += 1) values.push(this.#evaluated[at]!(run));
    const { reading } = run.message.payload; // what no column asks for is not read as JSON
    const bytes = reading && this.#putTogether(reading, values);
    if (bytes) return new FlatOutput(bytes, { selection: this, run, values });
    const object = this.objectOf(run, values);
    return { bytes: this.#write(object), value: object };
  };

  /** `undefined` when some value is not small and plain. */
  #putTogether(reading: Reading, values: readonly Value[]): Uint8Array | undefined {
    const steps = reading.form === this.#form ? this.#steps : this.#stepsOf(reading.form);
    json.begin();
    for (let at = 0; at < steps.length; at += 1) {
      const { head, valueIndex, first, last } = steps[at]!;
      if (valueIndex >= 0) {
        const value = values[valueIndex];
        if (value !== undefined && !json.writeValue(head, value)) return undefined;
        continue;
      }
      const keyStart = first === 0 ? 1 : reading.endAt(first - 1) + 1;
      const start = head.length === 0 ? keyStart : reading.startAt(first);
      const end = reading.endAt(last);
      if (!json.writePart(head, reading.bytes, start, end)) return undefined;
    }
    return json.end();
  }

  #stepsOf(form: Form): readonly Step[] {
    const steps = this.#stepsByForm.get(form) ?? stepsOf(this.#columns, form);
    this.#stepsByForm.set(form, steps);
    this.#form = form;
    this.#steps = steps;
    return steps;
  }

  /** The object is copied with all its members in place. */
  objectOf(run: Run, values: readonly Value[]): Record<string, Value> {
    const object = { ...this.#empty };
    let next = 0;
    for (const { key, member } of this.#columns) {
      const value = member ? run.memberOfPayload(member) : values[next++];
      if (value !== undefined) object[key] = value;
    }
    return object;
  }

  #write(object: Record<string, Value>): Uint8Array {
    let textLength = 0;
    for (const { key } of this.#columns) {
      const value = object[key];
      if (typeof value === "string") textLength += value.length;
      else if (typeof value === "bigint" || (typeof value === "object" && value !== null)) {
        return utf8(writeJson(object, this.#version));
      }
    }
    checkTextLength(textLength);
    return utf8(JSON.stringify(object));
  }
}

/** Its value is made when somebody asks: most actions take the bytes. */
class FlatOutput implements Output {
  readonly bytes: Uint8Array;
  readonly #selection: FlatSelection;
  readonly #run: Run;
  readonly #values: readonly Value[];
  #value: Value;

  constructor(
    bytes: Uint8Array,
    of: { selection: FlatSelection; run: Run; values: readonly Value[] },
  ) {
    this.bytes = bytes;
    this.#selection = of.selection;
    this.#run = of.run;
    this.#values = of.values;
  }

  get value(): Value {
    this.#value ??= this.#selection.objectOf(this.#run, this.#values);
    return this.#value;
  }
}

function stepsOf(columns: readonly Column[], form: Form): Step[] {
  const steps: Step[] = [];
  let valueIndex = 0;
  for (const { key, member } of columns) {
    const index = member?.indexIn(form) ?? -1;
    const before = steps.at(-1);
    if (!member) {
      steps.push({ head: headOf(key), valueIndex, first: -1, last: -1 });
      valueIndex += 1;
    } else if (index < 0) continue;
    else if (key !== member.name) {
      steps.push({ head: headOf(key), valueIndex: -1, first: index, last: index });
    } else if (before && before.head.length === 0 && before.last === index - 1) {
      before.last = index;
    } else steps.push({ head: noBytes, valueIndex: -1, first: index, last: index });
  }
  return steps;
}

function headOf(key: string): Uint8Array {
  return utf8(`${JSON.stringify(key)}:`);
}
