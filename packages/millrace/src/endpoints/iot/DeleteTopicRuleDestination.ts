/** iot DeleteTopicRuleDestination: `DELETE /destinations/{arn+}`. */

import type { Outcome } from "./answers.ts";
import { missingDestination, readDestinationId } from "./destinations.ts";
import type { IotCall } from "./operation.ts";

export async function deleteTopicRuleDestination(call: IotCall): Promise<Outcome> {
  const id = readDestinationId(call);
  if (typeof id !== "string") return id;
  const isDeleted = await call.ports.destinations.delete(id);
  return isDeleted ? { body: {} } : missingDestination(call, id);
}
