/** Names of groups and streams in requests, and their ARNs. */

import type { LogGroup, LogStream } from "../../logs/mod.ts";
import { constraint, type LogsCall, problem, type Refusal } from "./operation.ts";

/** What a name must be, and how that is told. */
interface Form {
  readonly form: RegExp;
  readonly pattern: string;
}

const groupForm: Form = { form: /^[\w./#-]+$/, pattern: "[\\.\\-_/#A-Za-z0-9]+" };
const streamForm: Form = { form: /^[^:*]*$/, pattern: "[^:*]*" };
const nameCharactersMax = 512;

type Refused = { readonly refusal: Refusal };

export function readGroupName({ input }: LogsCall): string | Refused {
  return readName("logGroupName", input.logGroupName, groupForm);
}

export function readStreamName({ input }: LogsCall): string | Refused {
  return readName("logStreamName", input.logStreamName, streamForm);
}

function readName(member: string, name: unknown, { form, pattern }: Form): string | Refused {
  if (typeof name !== "string") return constraint(member, undefined, "not be null");
  if (name === "") return constraint(member, name, "have length greater than or equal to 1");
  if (name.length > nameCharactersMax) {
    return constraint(member, name, `have length less than or equal to ${nameCharactersMax}`);
  }
  if (form.test(name)) return name;
  return constraint(member, name, `satisfy regular expression pattern: ${pattern}`);
}

/** The group of `logGroupName`, or of `logGroupIdentifier`, a name or an ARN. */
export function readGroup(call: LogsCall): LogGroup | Refused {
  const { logGroupName, logGroupIdentifier } = call.input;
  const identifier = typeof logGroupIdentifier === "string" ? logGroupIdentifier : undefined;
  if ((logGroupName === undefined) === (identifier === undefined)) {
    return constraint(
      "logGroupName",
      logGroupName,
      "be there, or logGroupIdentifier, and not both of them",
    );
  }
  if (identifier !== undefined) return findGroup(call, nameOfArn(identifier) ?? identifier);
  const name = readGroupName(call);
  return typeof name === "string" ? findGroup(call, name) : name;
}

/** The group that `resourceArn` names. */
export function readResource(call: LogsCall): LogGroup | Refused {
  const { resourceArn } = call.input;
  const name = typeof resourceArn === "string" ? nameOfArn(resourceArn) : undefined;
  if (name === undefined)
    return constraint("resourceArn", resourceArn, "be the ARN of a log group");
  return findGroup(call, name);
}

/** With `:*`, as most of the service has it, or without. */
export function groupArn({ account }: LogsCall, { record }: LogGroup): string {
  return `arn:aws:logs:${account.region}:${account.accountId}:log-group:${record.name}`;
}

export function streamArn(call: LogsCall, group: LogGroup, { record }: LogStream): string {
  return `${groupArn(call, group)}:log-stream:${record.name}`;
}

function nameOfArn(arn: string): string | undefined {
  return /^arn:[\w-]+:logs:[\w-]*:\d*:log-group:([^:]+)(?::\*)?$/.exec(arn)?.[1];
}

function findGroup({ logs }: LogsCall, name: string): LogGroup | Refused {
  return logs.group(name) ?? problem("no-group");
}
