/** `AWS::IoT::Thing`: what is known of a device by name. */

import { attributesProblem, deviceKey } from "../../../identity/mod.ts";
import { defineResource, stackAndLogicalId } from "../../resource-type.ts";
import { dictionary, object, text } from "../../schema.ts";

export const iotThing = defineResource({
  type: "AWS::IoT::Thing",
  properties: object({
    ThingName: text({
      pattern: /^[a-zA-Z0-9:_-]{1,128}$/,
      form: "a thing name: 1 to 128 of A-Z a-z 0-9 : _ -",
    }),
    AttributePayload: object({ Attributes: dictionary(text()) }),
  }),
  nameProperty: "ThingName",
  namespace: "thing",
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {
    Arn: ({ partition, region, accountId, name }) =>
      `arn:${partition}:iot:${region}:${accountId}:thing/${name}`,
  },
  build({ identity: { name }, properties, report, mark }, draft) {
    const attributes = properties.AttributePayload?.Attributes ?? {};
    const problem = attributesProblem(attributes, { hasType: false });
    if (problem) report(["Properties", "AttributePayload", "Attributes"], problem);
    mark(deviceKey("things", name), []);
    draft.devices.things.push({ name, attributes });
  },
});
