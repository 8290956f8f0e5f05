/** PutRule: makes a rule, or puts its own members in the place of what it had. */

import { eventRuleArn } from "../../events/mod.ts";
import { busNameOf } from "./names.ts";
import {
  answer,
  type EventsCall,
  type EventsOperation,
  isRefused,
  notValid,
  problemOf,
  required,
} from "./operation.ts";
import { readTags } from "./tags.ts";

export const putRule: EventsOperation = {
  members: {
    Name: "string",
    EventPattern: "string",
    ScheduleExpression: "string",
    State: "string",
    Description: "string",
    RoleArn: "string",
    EventBusName: "string",
    Tags: "list",
  },
  perform,
};

async function perform({ buses, account, input }: EventsCall) {
  const name = required<string>(input, "Name");
  if (isRefused(name)) return name;
  const { State: state = "ENABLED", Description: description } = input;
  if (state !== "ENABLED" && state !== "DISABLED") {
    return notValid("State", `"${state}" is not implemented; ENABLED and DISABLED are`);
  }
  if (typeof description === "string" && description.length > 512) {
    return notValid("Description", "it has 512 characters at most");
  }
  const read = readTags(input.Tags);
  if (isRefused(read)) return read;
  const bus = busNameOf(input.EventBusName);
  const settings = {
    bus,
    name,
    description: textOf(description),
    pattern: textOf(input.EventPattern),
    schedule: textOf(input.ScheduleExpression),
    isEnabled: state === "ENABLED",
    roleArn: textOf(input.RoleArn),
  };
  const problem = await buses.catalogue.putRule(settings, read.tags);
  if (problem) return problemOf(problem, { bus, rule: name });
  return answer({ RuleArn: eventRuleArn(account, bus, name) });
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
