/** iot ReplaceTopicRule: `PATCH /rules/{ruleName}`; nothing of the former payload is left. */

import type { Outcome } from "./answers.ts";
import { type IotCall, readJsonBody } from "./operation.ts";
import { outcomeOf, readRuleName } from "./rules.ts";

export async function replaceTopicRule(call: IotCall): Promise<Outcome> {
  const name = readRuleName(call);
  if (typeof name !== "string") return name;
  const body = await readJsonBody(call);
  if ("type" in body) return body;
  return outcomeOf(call, name, await call.ports.rules.replace(name, body.value));
}
