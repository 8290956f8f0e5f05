/**
 * The shape of an operation of logs: which members it takes, and from those to its answer.
 *
 * A member that an operation does not name is refused by name; those that it names have their type
 * when it is performed.
 */

import type { LogProblem, Logs } from "../../logs/mod.ts";
import type { Call } from "../ports.ts";

type MemberType = "string" | "number" | "boolean" | "list" | "map";

export type Input = Readonly<Record<string, unknown>>;

export interface LogsCall {
  readonly logs: Logs;
  readonly account: Call["ports"]["account"];
  readonly nowMs: number;
  readonly input: Input;
}

export interface Refusal {
  readonly type: string;
  readonly message: string;
}

export type Outcome = { readonly body: object } | { readonly refusal: Refusal };

export interface LogsOperation {
  readonly members: Readonly<Record<string, MemberType>>;
  readonly perform: (call: LogsCall) => Outcome | Promise<Outcome>;
}

export function answer(body: object = {}): Outcome {
  return { body };
}

export function refuse(type: string, message: string): { readonly refusal: Refusal } {
  return { refusal: { type, message } };
}

export function invalid(message: string): { readonly refusal: Refusal } {
  return refuse("InvalidParameterException", message);
}

/** As the service words a value that it cannot take. */
export function constraint(member: string, value: unknown, demand: string) {
  const shown = value === undefined ? "null" : `'${String(value).slice(0, 100)}'`;
  const message =
    `1 validation error detected: Value ${shown} at '${member}' failed to satisfy ` +
    `constraint: Member must ${demand}`;
  return invalid(message);
}

const problems: Readonly<Record<LogProblem, (what: "group" | "stream") => Refusal>> = {
  "no-group": () => ({
    type: "ResourceNotFoundException",
    message: "The specified log group does not exist.",
  }),
  "no-stream": () => ({
    type: "ResourceNotFoundException",
    message: "The specified log stream does not exist.",
  }),
  exists: (what) => ({
    type: "ResourceAlreadyExistsException",
    message: `The specified log ${what} already exists`,
  }),
  "too-many": (what) => ({
    type: "LimitExceededException",
    message: `There are as many log ${what}s as there may be`,
  }),
};

export function problem(kind: LogProblem, what: "group" | "stream" = "group") {
  return { refusal: problems[kind](what) };
}

/** What is wrong with the members as a whole; `undefined`: they can be read. */
export function inputProblem(
  name: string,
  { members }: LogsOperation,
  input: Input,
): Refusal | undefined {
  for (const [member, value] of Object.entries(input)) {
    if (value === null || value === undefined) continue;
    const type = Object.hasOwn(members, member) ? members[member] : undefined;
    if (!type) return invalid(`"${member}" of ${name} is not implemented`).refusal;
    if (typeOf(value) !== type) {
      return refuse("SerializationException", `"${member}" must be a ${type}`).refusal;
    }
  }
  return undefined;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  return typeof value === "object" ? "map" : typeof value;
}
