/** iot UpdateTopicRuleDestination: `PATCH /destinations`; `IN_PROGRESS` asks once more. */

import { invalid, type Outcome } from "./answers.ts";
import { idOf, outcomeOfResult } from "./destinations.ts";
import { type IotCall, readObjectBody } from "./operation.ts";

const statuses = ["ENABLED", "DISABLED", "IN_PROGRESS"] as const;

export async function updateTopicRuleDestination(call: IotCall): Promise<Outcome> {
  const body = await readObjectBody(call);
  if ("type" in body) return body;
  const id = idOf(call, body.value.arn);
  if (typeof id !== "string") return id;
  const status = statuses.find((one) => one === body.value.status);
  if (!status) return invalid(`"status" is none of ${statuses.join(", ")}`);
  const result = await call.ports.destinations.setStatus(id, status);
  return outcomeOfResult(call, { result, id }, () => ({ body: {} }));
}
