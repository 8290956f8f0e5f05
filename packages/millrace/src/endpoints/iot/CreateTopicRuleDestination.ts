/** iot CreateTopicRuleDestination: `POST /destinations`; those in a VPC are not implemented. */

import { invalid, type Outcome } from "./answers.ts";
import { destinationBody, outcomeOfResult } from "./destinations.ts";
import { type IotCall, readObjectBody } from "./operation.ts";

export async function createTopicRuleDestination(call: IotCall): Promise<Outcome> {
  const body = await readObjectBody(call);
  if ("type" in body) return body;
  const confirmationUrl = readConfirmationUrl(body.value);
  if (typeof confirmationUrl !== "string") return confirmationUrl;
  const result = await call.ports.destinations.create(confirmationUrl);
  return outcomeOfResult(call, { result }, (destination) => ({
    body: { topicRuleDestination: destinationBody(call, destination) },
  }));
}

function readConfirmationUrl(body: Readonly<Record<string, unknown>>) {
  const configuration = Object(body.destinationConfiguration) as Record<string, unknown>;
  if (configuration.vpcConfiguration !== undefined) {
    return invalid('"vpcConfiguration" of CreateTopicRuleDestination is not implemented');
  }
  const { confirmationUrl } = Object(configuration.httpUrlConfiguration) as Record<string, unknown>;
  if (typeof confirmationUrl === "string") return confirmationUrl;
  return invalid('"destinationConfiguration.httpUrlConfiguration.confirmationUrl" is no text');
}
