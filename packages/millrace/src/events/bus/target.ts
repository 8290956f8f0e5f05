/**
 * Targets: what an ARN stands for, and whether the rest of a target fits it. A function, a log
 * group and another bus can be targets; every other kind is refused by name.
 */

import { parseArn } from "../../aws/mod.ts";
import type { TargetDefinition } from "./definition.ts";
import type { Account } from "./event.ts";
import { type InputProblem, readInput, type TargetInput } from "./input/input.ts";
import { busLimits } from "./limits.ts";

export type Receiver =
  | { readonly kind: "function"; readonly name: string; readonly qualifier?: string | undefined }
  | { readonly kind: "log"; readonly groupName: string }
  | { readonly kind: "bus"; readonly name: string };

export interface Target {
  readonly definition: TargetDefinition;
  readonly receiver: Receiver;
  readonly input: TargetInput;
}

export interface TargetProblem {
  readonly member: InputProblem["member"] | "id" | "arn" | "roleArn" | "retry";
  readonly path?: readonly string[];
  readonly message: string;
}

export type TargetResult =
  | { readonly ok: true; readonly target: Target }
  | { readonly ok: false; readonly problem: TargetProblem };

/** The target ready for events, or the first thing that is wrong with it. */
export function readTarget(definition: TargetDefinition, account: Account): TargetResult {
  const { id, arn, retry, roleArn } = definition;
  if (!/^[.\w-]{1,64}$/.test(id)) return no("id", `"${id}" is no id: 1 to 64 of A-Z a-z 0-9 _ . -`);
  const receiver = receiverOf(arn, account);
  if ("problem" in receiver) return no("arn", receiver.problem);
  if (roleArn !== undefined && !isRole(roleArn)) return no("roleArn", `"${roleArn}" is no role`);
  const retryProblem = retry && problemOfRetry(retry);
  if (retryProblem !== undefined) return no("retry", retryProblem);
  const read = readInput(definition);
  if (!read.ok) return read;
  if (receiver.kind === "log" && definition.transformer) {
    return no("transformer", "InputTransformer is not implemented for log groups");
  }
  if (receiver.kind === "bus") {
    const { input, inputPath, transformer } = definition;
    const changed = transformer ? "transformer" : inputPath ? "inputPath" : input && "input";
    if (changed) return no(changed, "another bus gets the event as it is");
  }
  return { ok: true, target: { definition, receiver, input: read.input } };
}

export function isRole(arn: string): boolean {
  return /^arn:[\w-]+:iam::\d{12}:role\/.+$/.test(arn);
}

function receiverOf(text: string, account: Account): Receiver | { readonly problem: string } {
  const arn = parseArn(text);
  if (!arn) return { problem: `"${text}" is no ARN` };
  const { service, resource } = arn;
  const receiver = kinds[service]?.(resource);
  if (!receiver) {
    const kind = `${service}:${resource.split(/[:/]/)[0]}`;
    const known = "functions, log groups and event buses are";
    return { problem: `targets of the kind ${kind} are not implemented; ${known}` };
  }
  if (arn.region !== account.region || arn.account !== account.accountId) {
    return { problem: `"${text}" is in another region or account` };
  }
  return receiver;
}

const kinds: Readonly<Record<string, (resource: string) => Receiver | undefined>> = {
  lambda(resource) {
    const [, name, qualifier] = /^function:([\w-]+)(?::([\w$-]+))?$/.exec(resource) ?? [];
    return name === undefined ? undefined : { kind: "function", name, qualifier };
  },
  logs(resource) {
    const groupName = /^log-group:([\w./#-]+)(?::\*)?$/.exec(resource)?.[1];
    return groupName === undefined ? undefined : { kind: "log", groupName };
  },
  events(resource) {
    const name = /^event-bus\/([\w./-]+)$/.exec(resource)?.[1];
    return name === undefined ? undefined : { kind: "bus", name };
  },
};

function problemOfRetry(retry: NonNullable<TargetDefinition["retry"]>): string | undefined {
  const { attemptsMax = 0, ageSecondsMax = busLimits.eventAgeSecondsMax } = retry;
  const { retryAttemptsMax, eventAgeSecondsMin, eventAgeSecondsMax } = busLimits;
  if (!isWithin(attemptsMax, 0, retryAttemptsMax)) {
    return `MaximumRetryAttempts must be 0 to ${retryAttemptsMax}`;
  }
  if (isWithin(ageSecondsMax, eventAgeSecondsMin, eventAgeSecondsMax)) return undefined;
  return `MaximumEventAgeInSeconds must be ${eventAgeSecondsMin} to ${eventAgeSecondsMax}`;
}

function isWithin(value: number, min: number, max: number): boolean {
  return Number.isInteger(value) && value >= min && value <= max;
}

function no(member: TargetProblem["member"], message: string): TargetResult {
  return { ok: false, problem: { member, message } };
}
