/**
 * What the language refuses when a statement is loaded: each reason has its wording here.
 *
 * Inside the parser a refusal is thrown, because it ends the reading at whatever depth; the door
 * (`parse-statement.ts`, `parse-template.ts`) catches it and hands out a value.
 */

/** Both count from 1; a column is a UTF-16 code unit. */
export interface Place {
  readonly line: number;
  readonly column: number;
}

export interface SqlError extends Place {
  readonly message: string;
}

export class Refusal extends Error {
  /** Index in the source. */
  readonly at: number;

  constructor(at: number, message: string) {
    super(message);
    this.at = at;
  }
}

export const refusals = {
  expected: (what: string, found: string) => `expected ${what}, found ${found}`,
  unknownFunction: (name: string) => `there is no function "${name}"`,
  argumentCount: (name: string, takes: string, given: number) =>
    `function "${name}" takes ${takes}, ${given} given`,
  serviceAbsent: (name: string) => `function "${name}" needs a service that is not there`,
  notInTemplate: (name: string) => `function "${name}" cannot be called in a template`,
  externalDefault: (name: string) =>
    `function "${name}" asks another service, which a default value cannot do`,
  tooNew: (what: string) => `${what} is not in version "2015-10-08", use version "2016-03-23"`,
  unexpectedCharacter: (character: string) => `unexpected character ${JSON.stringify(character)}`,
  unterminatedText: () => "text literal has no closing quote",
  malformedNumber: (text: string) => `malformed number "${text}"`,
  numberOutOfRange: (text: string) => `number "${text}" is out of range`,
  comment: () => "comments are not part of the language",
  notEqualSign: () => 'operator "!=" is not part of the language, use "<>"',
  brackets: () => "brackets after a value are not part of the language, use get(value, index)",
  searchedCase: () => "CASE WHEN is not part of the language, expected an expression after CASE",
  aliasRequired: () => "this column needs a name, expected AS and an alias",
  starPlace: () =>
    '"*" stands for the payload only in SELECT, in SET, in encode(*, ...) and in get(*, ...)',
  valueStands: () => "SELECT VALUE takes exactly one item",
  patternNotImplemented: (reason: string) => `this pattern is refused: ${reason}`,
  sequenceTemplate: () => 'templates "@{...}" belong to the InfluxDB action only',
  emptyFilter: () => "expected a topic filter after FROM",
  tooDeep: () => "statement is nested too deep",
  tooLong: () => "statement has too many parts",
  unknownVariable: (name: string) => `variable "${name}" is not set before this place`,
  variableSetTwice: (name: string) => `variable "${name}" is set twice`,
  variableNameTooLong: (most: number) => `name of a variable is longer than ${most} characters`,
  tooManyVariables: (most: number) => `SET has more than ${most} variables`,
  setTwice: () => "SET may stand once only, with commas between its variables",
} as const;

/** What is said of a call whose value is Undefined whatever the message. */
export const warnings = {
  argumentCount: (name: string, takes: string, given: number) =>
    `${refusals.argumentCount(name, takes, given)}: its value is always Undefined`,
  invalidPattern: (reason: string) =>
    `this pattern is not valid, the value is Undefined: ${reason}`,
  unknownMode: (text: string) => `there is no mode "${text}", the value is always Undefined`,
} as const;

/** Calls `read`; a refusal becomes an error with its place in `source`. */
export function catchRefusal<T>(
  source: string,
  read: () => T,
): { readonly ok: true; readonly value: T } | { readonly ok: false; readonly error: SqlError } {
  try {
    return { ok: true, value: read() };
  } catch (thrown) {
    if (!(thrown instanceof Refusal)) throw thrown;
    return { ok: false, error: { message: thrown.message, ...placeOf(source, thrown.at) } };
  }
}

/** The place of an index, as errors tell it. */
export function placeOf(source: string, at: number): Place {
  const before = source.slice(0, at);
  const lineStart = before.lastIndexOf("\n") + 1;
  return { line: before.split("\n").length, column: at - lineStart + 1 };
}
