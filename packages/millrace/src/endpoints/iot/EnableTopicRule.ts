/**
 * iot EnableTopicRule: `POST /rules/{ruleName}/enable`; to enable what is already so is no
 * error.
 */

import type { Outcome } from "./answers.ts";
import type { IotCall } from "./operation.ts";
import { outcomeOf, readRuleName } from "./rules.ts";

export async function enableTopicRule(call: IotCall): Promise<Outcome> {
  const name = readRuleName(call);
  if (typeof name !== "string") return name;
  return outcomeOf(call, name, await call.ports.rules.setEnabled(name, true));
}
