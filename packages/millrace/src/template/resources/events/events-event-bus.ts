/** `AWS::Events::EventBus`: a bus of its own, besides the default one that is always there. */

import { busArn, busLimits } from "../../../events/mod.ts";
import { defineResource, type Identity, stackAndLogicalId } from "../../resource-type.ts";
import { list, object, required, text } from "../../schema.ts";

export const eventBusType = "AWS::Events::EventBus";

export const tagList = list(object({ Key: required(text()), Value: required(text()) }), {
  max: busLimits.tagsMax,
});

export const eventsEventBus = defineResource({
  type: eventBusType,
  properties: object({
    Name: required(
      text({
        pattern: /^(?!default$)[.\w-]{1,256}$/,
        form: "the name of an event bus: 1 to 256 of A-Z a-z 0-9 _ . -, and not 'default'",
      }),
    ),
    Description: text(),
    Tags: tagList,
  }),
  nameProperty: "Name",
  namespace: "event bus",
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: { Arn: eventBusArn, Name: ({ name }) => name },
  build({ identity, properties }, draft) {
    draft.eventBuses.push({
      name: identity.name,
      description: properties.Description,
      tags: tagsOf(properties.Tags),
    });
  },
});

export function eventBusArn(identity: Identity): string {
  return busArn(identity, identity.name);
}

export function tagsOf(
  tags: readonly { readonly Key: string; readonly Value: string }[] = [],
): Record<string, string> {
  return Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]));
}
