/**
 * The shape of an operation of EventBridge: which members it takes, and from those to its answer.
 *
 * A member that an operation does not name is refused by name; those that it names have their type
 * when it is performed.
 */

import type { BusProblem, EventBuses, EventRuleProblem, TargetProblem } from "../../events/mod.ts";
import type { ApiDoorPorts } from "../ports.ts";

export type MemberType = "string" | "number" | "boolean" | "list" | "map";

export type Input = Readonly<Record<string, unknown>>;

export type Members = Readonly<Record<string, MemberType>>;

export interface EventsCall {
  readonly buses: EventBuses;
  readonly account: ApiDoorPorts["account"];
  readonly input: Input;
}

export interface Refusal {
  readonly type: string;
  readonly message: string;
}

export type Outcome = { readonly body: object } | { readonly refusal: Refusal };

export interface EventsOperation {
  readonly members: Members;
  readonly perform: (call: EventsCall) => Outcome | Promise<Outcome>;
}

export function answer(body: object = {}): Outcome {
  return { body };
}

export function refuse(type: string, message: string): { readonly refusal: Refusal } {
  return { refusal: { type, message } };
}

export function invalid(message: string): { readonly refusal: Refusal } {
  return refuse("ValidationException", message);
}

/** As the service words a value that it cannot take. */
export function notValid(parameter: string, reason: string): { readonly refusal: Refusal } {
  return invalid(`Parameter ${parameter} is not valid. Reason: ${reason}.`);
}

/** What is wrong with the members of a map as a whole; `undefined`: they can be read. */
export function inputProblem(what: string, members: Members, input: Input): Refusal | undefined {
  for (const [member, value] of Object.entries(input)) {
    if (value === null || value === undefined) continue;
    const type = Object.hasOwn(members, member) ? members[member] : undefined;
    if (!type) return invalid(`"${member}" of ${what} is not implemented`).refusal;
    if (typeOf(value) !== type) {
      return refuse("SerializationException", `"${member}" of ${what} must be a ${type}`).refusal;
    }
  }
  return undefined;
}

function typeOf(value: unknown): string {
  if (Array.isArray(value)) return "list";
  return typeof value === "object" ? "map" : typeof value;
}

/** A member that must be there, or the refusal. */
export function required<T>(input: Input, member: string): T | { readonly refusal: Refusal } {
  const value = input[member];
  if (value !== undefined && value !== null) return value as T;
  return invalid(
    `1 validation error detected: Value null at '${lowerFirst(member)}' failed to satisfy ` +
      "constraint: Member must not be null",
  );
}

export function isRefused(value: unknown): value is { readonly refusal: Refusal } {
  return typeof value === "object" && value !== null && "refusal" in value;
}

function lowerFirst(text: string): string {
  return text.charAt(0).toLowerCase() + text.slice(1);
}

/** A problem of the catalogue as the service tells it. */
export function problemOf(
  problem: BusProblem,
  names: { readonly bus: string; readonly rule?: string },
): { readonly refusal: Refusal } {
  switch (problem.kind) {
    case "no-bus":
      return refuse("ResourceNotFoundException", `Event bus ${names.bus} does not exist.`);
    case "bus-exists":
      return refuse("ResourceAlreadyExistsException", `Event bus ${names.bus} already exists.`);
    case "no-rule": {
      const message = `Rule ${names.rule} does not exist on EventBus ${names.bus}.`;
      return refuse("ResourceNotFoundException", message);
    }
    case "too-many":
      return refuse("LimitExceededException", problem.message);
    case "not-now":
      return invalid(problem.message);
    case "invalid":
      return problemOfRule(problem.problem);
  }
}

function problemOfRule(problem: EventRuleProblem): { readonly refusal: Refusal } {
  switch (problem.member) {
    case "pattern": {
      const message = `Event pattern is not valid. Reason: ${problem.message}`;
      return refuse("InvalidEventPatternException", message);
    }
    case "targets":
      return problemOfTarget(problem.id, problem.problem);
    case "rule":
      return invalid(problem.message);
    case "schedule": {
      const message = `Parameter ScheduleExpression is not valid. Reason: ${problem.message}`;
      return invalid(`${message} (at character ${(problem.offset ?? 0) + 1})`);
    }
    default:
      return notValid(ruleMembers[problem.member], problem.message);
  }
}

const ruleMembers = { name: "Name", roleArn: "RoleArn" };

const targetMembers: Readonly<Record<TargetProblem["member"], string>> = {
  id: "Id",
  arn: "Arn",
  roleArn: "RoleArn",
  input: "Input",
  inputPath: "InputPath",
  transformer: "InputTransformer",
  retry: "RetryPolicy",
};

function problemOfTarget(id: string, { member, message }: TargetProblem) {
  return notValid(`${targetMembers[member]} of target ${id}`, message);
}
