/**
 * iot GetTopicRule: `GET /rules/{ruleName}`. A rule that was stored and no longer loads is shown as
 * it was given, and as disabled.
 */

import { isActive } from "../../rules/mod.ts";
import { type Outcome, wireSeconds } from "./answers.ts";
import type { IotCall } from "./operation.ts";
import { missingRule, readRuleName, ruleArn } from "./rules.ts";

const sqlVersionDefault = "2015-10-08";

export function getTopicRule(call: IotCall): Outcome {
  const name = readRuleName(call);
  if (typeof name !== "string") return name;
  const managed = call.ports.rules.get(name);
  if (!managed) return missingRule(name);
  const { payload, createdAtMs } = managed;
  const rule = {
    ruleName: name,
    awsIotSqlVersion: sqlVersionDefault,
    ...payload,
    createdAt: wireSeconds(createdAtMs),
    ruleDisabled: !isActive(managed),
  };
  return { body: { ruleArn: ruleArn(call, name), rule } };
}
