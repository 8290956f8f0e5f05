/** The condition operators of the policy language, and the form of the values each compares. */

/** Base names, without `IfExists`, `ForAllValues:` and `ForAnyValue:`. */
const valueForms: Readonly<Record<string, RegExp | undefined>> = {
  StringEquals: undefined,
  StringNotEquals: undefined,
  StringEqualsIgnoreCase: undefined,
  StringNotEqualsIgnoreCase: undefined,
  StringLike: undefined,
  StringNotLike: undefined,
  NumericEquals: /^-?\d+(\.\d+)?$/,
  NumericNotEquals: /^-?\d+(\.\d+)?$/,
  NumericLessThan: /^-?\d+(\.\d+)?$/,
  NumericLessThanEquals: /^-?\d+(\.\d+)?$/,
  NumericGreaterThan: /^-?\d+(\.\d+)?$/,
  NumericGreaterThanEquals: /^-?\d+(\.\d+)?$/,
  DateEquals: /^\d/,
  DateNotEquals: /^\d/,
  DateLessThan: /^\d/,
  DateLessThanEquals: /^\d/,
  DateGreaterThan: /^\d/,
  DateGreaterThanEquals: /^\d/,
  Bool: /^(true|false)$/i,
  BinaryEquals: /^[A-Za-z0-9+/]*={0,2}$/,
  IpAddress: /^[0-9A-Fa-f.:]+(\/\d{1,3})?$/,
  NotIpAddress: /^[0-9A-Fa-f.:]+(\/\d{1,3})?$/,
  ArnEquals: undefined,
  ArnNotEquals: undefined,
  ArnLike: undefined,
  ArnNotLike: undefined,
  Null: /^(true|false)$/i,
};

export interface Operator {
  readonly name: string;
  readonly set?: "all" | "any";
  readonly ifExists: boolean;
}

/** Takes `ForAnyValue:StringLikeIfExists` apart; undefined when there is no such operator. */
export function parseOperator(text: string): Operator | undefined {
  const match = /^(?:(ForAllValues|ForAnyValue):)?(\w+?)(IfExists)?$/.exec(text);
  const name = match?.[2];
  if (!match || !name || !Object.hasOwn(valueForms, name)) return undefined;
  const ifExists = match[3] !== undefined;
  if (ifExists && name === "Null") return undefined;
  const set = match[1] === undefined ? undefined : match[1] === "ForAllValues" ? "all" : "any";
  return { name, ifExists, ...(set && { set }) };
}

/** Whether the operator can compare this value at all: `Bool` takes no `"maybe"`. */
export function takesValue(operator: Operator, value: string): boolean {
  return valueForms[operator.name]?.test(value) ?? true;
}
