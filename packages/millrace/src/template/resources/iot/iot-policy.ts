/** `AWS::IoT::Policy`: what a device or browser may do on the broker. */

import { deviceKey } from "../../../identity/mod.ts";
import { defineResource, stackAndLogicalId } from "../../resource-type.ts";
import { any, object, required, text } from "../../schema.ts";
import { readPolicy } from "../policy-check.ts";
import { noteTags, tags } from "../tags.ts";

const policyType = "AWS::IoT::Policy";

export const iotPolicy = defineResource({
  type: policyType,
  properties: object({
    PolicyName: text({
      pattern: /^[\w+=,.@-]{1,128}$/,
      form: "a policy name: 1 to 128 of A-Z a-z 0-9 _ + = , . @ -",
    }),
    PolicyDocument: required(any()),
    Tags: tags,
  }),
  nameProperty: "PolicyName",
  namespace: "IoT policy",
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {
    Arn: ({ partition, region, accountId, name }) =>
      `arn:${partition}:iot:${region}:${accountId}:policy/${name}`,
    Id: ({ name }) => name,
  },
  build(resource, draft) {
    const { identity, properties } = resource;
    noteTags(properties.Tags, policyType, draft);
    const path = ["Properties", "PolicyDocument"];
    const document = readPolicy(resource, path, {
      document: properties.PolicyDocument,
      use: "iot",
    });
    resource.mark(deviceKey("policies", identity.name), []);
    if (!document) return;
    const text = JSON.stringify(properties.PolicyDocument);
    draft.devices.policies.push({ name: identity.name, document: text });
  },
});
