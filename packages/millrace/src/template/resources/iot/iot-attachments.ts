/**
 * `AWS::IoT::PolicyPrincipalAttachment` and `AWS::IoT::ThingPrincipalAttachment`: what a
 * certificate, or an identity of a pool, may do, and which thing it belongs to.
 */

import { deviceKey } from "../../../identity/mod.ts";
import { defineResource, stackAndLogicalId } from "../../resource-type.ts";
import { choice, object, required, text } from "../../schema.ts";

export const iotPolicyPrincipalAttachment = defineResource({
  type: "AWS::IoT::PolicyPrincipalAttachment",
  properties: object({ PolicyName: required(text()), Principal: required(text()) }),
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {},
  build({ properties, mark }, draft) {
    const { PolicyName: policyName, Principal: principal } = properties;
    mark(deviceKey("policyAttachments", `${policyName} ${principal}`), []);
    draft.devices.policyAttachments.push({ policyName, principal });
  },
});

export const iotThingPrincipalAttachment = defineResource({
  type: "AWS::IoT::ThingPrincipalAttachment",
  properties: object({
    ThingName: required(text()),
    Principal: required(text()),
    ThingPrincipalType: choice("EXCLUSIVE_THING", "NON_EXCLUSIVE_THING"),
  }),
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {},
  build({ properties, mark }, draft) {
    const { ThingName: thingName, Principal: principal, ThingPrincipalType: type } = properties;
    const exclusive = type === "EXCLUSIVE_THING";
    mark(deviceKey("thingAttachments", `${thingName} ${principal}`), []);
    draft.devices.thingAttachments.push({ thingName, principal, exclusive });
  },
});
