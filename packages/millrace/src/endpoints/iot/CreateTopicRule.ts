/** iot CreateTopicRule: `POST /rules/{ruleName}`; the body is the rule's payload itself. */

import { invalid, type Outcome } from "./answers.ts";
import { type IotCall, readJsonBody } from "./operation.ts";
import { outcomeOf, readRuleName } from "./rules.ts";
import { readTagHeader, tagsProblem } from "./tags.ts";

export async function createTopicRule(call: IotCall): Promise<Outcome> {
  const name = readRuleName(call);
  if (typeof name !== "string") return name;
  const tags = readTagHeader(call.request.headers.get("x-amz-tagging"));
  const problem = tagsProblem(tags);
  if (problem) return invalid(problem);
  const body = await readJsonBody(call);
  if ("type" in body) return body;
  return outcomeOf(call, name, await call.ports.rules.create(name, body.value, tags));
}
