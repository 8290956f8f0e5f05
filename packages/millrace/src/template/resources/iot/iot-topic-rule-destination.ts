/**
 * `AWS::IoT::TopicRuleDestination`: a URL that `Http` actions may send to, once it is confirmed.
 *
 * Its id is made from the stack's name and the logical id, so that `Ref` can be told beforehand.
 * Destinations in a VPC are not implemented.
 */

import { urlProblem } from "../../../rules/mod.ts";
import { defineResource, type Identity } from "../../resource-type.ts";
import { choice, object, required, text } from "../../schema.ts";
import { derivedId } from "../../surroundings.ts";

export const iotTopicRuleDestination = defineResource({
  type: "AWS::IoT::TopicRuleDestination",
  properties: object({
    HttpUrlProperties: required(object({ ConfirmationUrl: required(text()) })),
    Status: choice("ENABLED", "IN_PROGRESS", "DISABLED"),
  }),
  defaultName(stackName, logicalId) {
    const digits = derivedId(`destination ${stackName}/${logicalId}`, 32, "0123456789abcdef");
    return digits.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  },
  ref: destinationArn,
  attributes: { Arn: destinationArn },
  build({ identity, properties, report }, draft) {
    const { ConfirmationUrl: confirmationUrl } = properties.HttpUrlProperties;
    const problem = urlProblem(confirmationUrl);
    if (problem) report(["Properties", "HttpUrlProperties", "ConfirmationUrl"], problem);
    if (properties.Status !== undefined) {
      draft.noteWithoutEffect("the status of destinations (it follows from their confirmation)");
    }
    draft.destinations.push({ id: identity.name, confirmationUrl });
  },
});

function destinationArn({ partition, region, accountId, name }: Identity): string {
  return `arn:${partition}:iot:${region}:${accountId}:ruledestination/http/${name}`;
}
