/**
 * Reads the members of a request's body, and keeps the first thing that is wrong.
 *
 * As with `Query`, a reader answers something usable in any case, and what an operation does not
 * know is refused by its name.
 */

import { parseJson, readBody } from "../body.ts";
import { iotBodyBytesMax } from "../limits.ts";
import { type Failure, invalid } from "./answers.ts";
import type { IotCall } from "./operation.ts";

export class Members {
  readonly #values: Readonly<Record<string, unknown>>;
  #problem: string | undefined;

  constructor(values: Readonly<Record<string, unknown>>, what: string, known: readonly string[]) {
    this.#values = values;
    for (const [name, value] of Object.entries(values)) {
      if (value === null || known.includes(name)) continue;
      this.report(`"${name}" of ${what} is not implemented`);
    }
  }

  /** The first one. */
  get problem(): string | undefined {
    return this.#problem;
  }

  report(problem: string): void {
    this.#problem ??= problem;
  }

  text(name: string): string | undefined {
    return this.#value(name, "a text", (value) => typeof value === "string") as string | undefined;
  }

  /** Empty, and a problem, when it is not there. */
  requiredText(name: string): string {
    const value = this.text(name);
    if (value === undefined) this.report(`"${name}" is missing`);
    return value ?? "";
  }

  /** One of these; the first of them, and a problem, when it is another. */
  choice<const V extends string>(name: string, values: readonly [V, ...V[]]): V | undefined {
    const value = this.text(name);
    if (value === undefined) return undefined;
    const chosen = values.find((one) => one === value);
    if (chosen === undefined) this.report(`${name} "${value}" is none of ${values.join(", ")}`);
    return chosen ?? values[0];
  }

  flag(name: string): boolean | undefined {
    const isFlag = (value: unknown) => typeof value === "boolean";
    return this.#value(name, "true or false", isFlag) as boolean | undefined;
  }

  integer(name: string): number | undefined {
    return this.#value(name, "a whole number", Number.isSafeInteger) as number | undefined;
  }

  texts(name: string): readonly string[] | undefined {
    return this.#value(name, "a list of texts", isListOfTexts) as readonly string[] | undefined;
  }

  /** A map of texts. */
  textMap(name: string): Readonly<Record<string, string>> | undefined {
    const isMap = (value: unknown) => isObject(value) && isListOfTexts(Object.values(value));
    return this.#value(name, "a map of texts", isMap) as Record<string, string> | undefined;
  }

  /** The members of a structure inside; problems of it are told here. */
  inside<T>(name: string, known: readonly string[], read: (members: Members) => T): T | undefined {
    const value = this.#value(name, "a structure", isObject);
    if (value === undefined) return undefined;
    const members = new Members(value as Record<string, unknown>, name, known);
    const result = read(members);
    if (members.problem !== undefined) this.report(members.problem);
    return result;
  }

  structures(name: string): readonly Readonly<Record<string, unknown>>[] | undefined {
    const isList = (value: unknown) => Array.isArray(value) && value.every(isObject);
    return this.#value(name, "a list of structures", isList) as
      | readonly Record<string, unknown>[]
      | undefined;
  }

  #value(name: string, form: string, test: (value: unknown) => boolean): unknown {
    const value = Object.hasOwn(this.#values, name) ? this.#values[name] : undefined;
    if (value === undefined || value === null) return undefined;
    if (test(value)) return value;
    this.report(`"${name}" is not ${form}`);
    return undefined;
  }
}

/** Of the body; one that is empty has none. */
export async function readMembers(
  { request }: IotCall,
  operation: string,
  known: readonly string[],
): Promise<Members | Failure> {
  const bytes = await readBody(request, iotBodyBytesMax);
  if (!bytes) return invalid(`The body has more than ${iotBodyBytesMax} bytes`);
  const value = bytes.length === 0 ? {} : parseJson(bytes);
  if (!isObject(value)) return invalid("The body is not a JSON object in UTF-8");
  return new Members(value, operation, known);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isListOfTexts(value: unknown): boolean {
  return Array.isArray(value) && value.every((one) => typeof one === "string");
}
