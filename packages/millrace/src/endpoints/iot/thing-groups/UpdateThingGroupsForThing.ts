/** iot UpdateThingGroupsForThing: `PUT /thing-groups/updateThingGroupsForThing`; out, then in. */

import { invalid, type Outcome } from "../answers.ts";
import { readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";

const operation = "UpdateThingGroupsForThing";
const known = ["thingName", "thingGroupsToAdd", "thingGroupsToRemove", "overrideDynamicGroups"];

export async function updateThingGroupsForThing(call: IotCall): Promise<Outcome> {
  const members = await readMembers(call, operation, known);
  if ("type" in members) return members;
  const thing = members.requiredText("thingName");
  const added = members.texts("thingGroupsToAdd") ?? [];
  const removed = members.texts("thingGroupsToRemove") ?? [];
  members.flag("overrideDynamicGroups"); // there are none to override
  if (members.problem) return invalid(members.problem);
  const { thingGroups } = call.ports.devices;
  for (const group of removed) {
    const outcome = await thingGroups.remove(group, thing);
    if (!outcome.ok) return answered(outcome);
  }
  for (const group of added) {
    const outcome = await thingGroups.add(group, thing);
    if (!outcome.ok) return answered(outcome);
  }
  return { body: {} };
}
