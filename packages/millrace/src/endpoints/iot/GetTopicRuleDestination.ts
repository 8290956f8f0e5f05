/** iot GetTopicRuleDestination: `GET /destinations/{arn+}`. */

import type { Outcome } from "./answers.ts";
import { destinationBody, missingDestination, readDestinationId } from "./destinations.ts";
import type { IotCall } from "./operation.ts";

export function getTopicRuleDestination(call: IotCall): Outcome {
  const id = readDestinationId(call);
  if (typeof id !== "string") return id;
  const destination = call.ports.destinations.get(id);
  if (!destination) return missingDestination(call, id);
  return { body: { topicRuleDestination: destinationBody(call, destination) } };
}
