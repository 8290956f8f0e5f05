/** iot RemoveThingFromThingGroup: `PUT /thing-groups/removeThingFromThingGroup`. */

import { invalid, type Outcome } from "../answers.ts";
import { readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readNamed } from "./thing-groups.ts";

const known = ["thingGroupName", "thingGroupArn", "thingName", "thingArn"];

export async function removeThingFromThingGroup(call: IotCall): Promise<Outcome> {
  const members = await readMembers(call, "RemoveThingFromThingGroup", known);
  if ("type" in members) return members;
  const group = readNamed(call, members, "thinggroup");
  const thing = readNamed(call, members, "thing");
  if (members.problem) return invalid(members.problem);
  return answered(await call.ports.devices.thingGroups.remove(group, thing), () => ({}));
}
