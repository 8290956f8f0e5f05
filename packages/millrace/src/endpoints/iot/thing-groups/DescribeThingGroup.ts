/** iot DescribeThingGroup: `GET /thing-groups/{thingGroupName}`. */

import { type Outcome, wireSeconds } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { findThingGroup, groupNames, readThingGroupName, thingGroupArn } from "./thing-groups.ts";

export function describeThingGroup(call: IotCall): Outcome {
  const name = readThingGroupName(call);
  if (typeof name !== "string") return name;
  const group = findThingGroup(call, name);
  if ("type" in group) return group;
  const above = call.ports.devices.thingGroups.pathOf(name).slice(1).reverse();
  const body = {
    thingGroupName: name,
    thingGroupId: group.id,
    thingGroupArn: thingGroupArn(call, name),
    version: group.version,
    thingGroupProperties: {
      thingGroupDescription: group.description,
      attributePayload: { attributes: group.attributes },
    },
    thingGroupMetadata: {
      parentGroupName: group.parentName,
      rootToParentThingGroups: above.map((one) => groupNames(call, one.name)),
      creationDate: wireSeconds(group.createdAtMs),
    },
  };
  return { body };
}
