/**
 * The fields of a cron expression whose values are numbers: lists of values, ranges and steps.
 * [EventBridge: Cron expressions reference]
 *
 * `5/10` is 5 and every tenth after it, `*` everything. A range goes upwards; one that would have
 * to wrap around is refused, because the reference does not know such.
 */

export interface FieldForm {
  /** As the reference names it, for messages. */
  readonly title: string;
  readonly min: number;
  readonly max: number;
  /** Names of values, the first of them for `min`. */
  readonly names?: readonly string[];
  /** Whether `/` may stand in it. */
  readonly hasSteps: boolean;
}

/** What is wrong, and at which character of the field. */
export class FieldProblem extends Error {
  readonly offset: number;

  constructor(message: string, offset: number) {
    super(message);
    this.offset = offset;
  }
}

/** The values, in order; throws a `FieldProblem`. */
export function readField(text: string, form: FieldForm): readonly number[] {
  const values = new Set<number>();
  let offset = 0;
  for (const part of text.split(",")) {
    for (const value of readPart(part, form, offset)) values.add(value);
    offset += part.length + 1;
  }
  return [...values].sort((one, two) => one - two);
}

function readPart(part: string, form: FieldForm, offset: number): number[] {
  const { title, max, hasSteps } = form;
  const slash = part.indexOf("/");
  if (slash < 0) {
    const [from, to] = readSpan(part, form, offset);
    return span(from, to ?? from, 1);
  }
  if (!hasSteps) throw new FieldProblem(`'/' has no meaning in the ${title} field`, offset + slash);
  const step = part.slice(slash + 1);
  if (!/^[1-9]\d{0,3}$/.test(step)) {
    throw new FieldProblem(`'${step}' is no step: a number from 1`, offset + slash + 1);
  }
  const [from, to] = readSpan(part.slice(0, slash), form, offset);
  return span(from, to ?? max, Number(step));
}

/** From, and to where it says so. */
function readSpan(text: string, form: FieldForm, offset: number): [number, number | undefined] {
  if (text === "*") return [form.min, form.max];
  const dash = text.indexOf("-");
  if (dash < 0) return [readValue(text, form, offset), undefined];
  const from = readValue(text.slice(0, dash), form, offset);
  const to = readValue(text.slice(dash + 1), form, offset + dash + 1);
  if (from > to) throw new FieldProblem(`the range '${text}' goes backwards`, offset);
  return [from, to];
}

/** One value, by number or name; throws a `FieldProblem`. */
export function readValue(text: string, form: FieldForm, offset: number): number {
  const { title, min, max, names = [] } = form;
  const named = names.indexOf(text.toUpperCase());
  const value = named >= 0 ? named + min : /^\d{1,4}$/.test(text) ? Number(text) : Number.NaN;
  if (value >= min && value <= max) return value;
  const known = names.length > 0 ? ` or ${names[0]} to ${names.at(-1)}` : "";
  const shown = text === "" ? "nothing" : `'${text}'`;
  throw new FieldProblem(
    `${shown} is no value of the ${title} field: ${min} to ${max}${known}`,
    offset,
  );
}

function span(from: number, to: number, step: number): number[] {
  const values: number[] = [];
  for (let value = from; value <= to; value += step) values.push(value);
  return values;
}
