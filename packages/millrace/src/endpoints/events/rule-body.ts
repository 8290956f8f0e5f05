/** A rule as answers have it. */

import { eventRuleArn, type KeptRule } from "../../events/mod.ts";
import type { EventsCall } from "./operation.ts";

export function ruleBody({ account }: EventsCall, { definition }: KeptRule): object {
  const { bus, name, description, pattern, schedule, isEnabled, roleArn } = definition;
  return {
    Name: name,
    Arn: eventRuleArn(account, bus, name),
    EventPattern: pattern,
    ScheduleExpression: schedule,
    State: isEnabled ? "ENABLED" : "DISABLED",
    Description: description,
    RoleArn: roleArn,
    EventBusName: bus,
  };
}
