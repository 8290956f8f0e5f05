/** iot DeleteTopicRule: `DELETE /rules/{ruleName}`; one that is missing is as good as deleted. */

import { done, type Outcome } from "./answers.ts";
import type { IotCall } from "./operation.ts";
import { outcomeOf, readRuleName } from "./rules.ts";

export async function deleteTopicRule(call: IotCall): Promise<Outcome> {
  const name = readRuleName(call);
  if (typeof name !== "string") return name;
  const problem = await call.ports.rules.delete(name);
  return problem?.kind === "missing" ? done : outcomeOf(call, name, problem);
}
