/** iot AddThingToThingGroup: `PUT /thing-groups/addThingToThingGroup`. */

import { invalid, type Outcome } from "../answers.ts";
import { readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readNamed } from "./thing-groups.ts";

const known = ["thingGroupName", "thingGroupArn", "thingName", "thingArn", "overrideDynamicGroups"];

export async function addThingToThingGroup(call: IotCall): Promise<Outcome> {
  const members = await readMembers(call, "AddThingToThingGroup", known);
  if ("type" in members) return members;
  const group = readNamed(call, members, "thinggroup");
  const thing = readNamed(call, members, "thing");
  members.flag("overrideDynamicGroups"); // there are none to override
  if (members.problem) return invalid(members.problem);
  return answered(await call.ports.devices.thingGroups.add(group, thing), () => ({}));
}
