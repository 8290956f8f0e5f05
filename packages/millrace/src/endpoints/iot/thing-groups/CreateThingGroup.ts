/** iot CreateThingGroup: `POST /thing-groups/{thingGroupName}`. */

import { invalid, type Outcome } from "../answers.ts";
import { readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readGroupProperties, readThingGroupName, thingGroupArn } from "./thing-groups.ts";

const known = ["parentGroupName", "thingGroupProperties"];

export async function createThingGroup(call: IotCall): Promise<Outcome> {
  const name = readThingGroupName(call);
  if (typeof name !== "string") return name;
  const members = await readMembers(call, "CreateThingGroup", known);
  if ("type" in members) return members;
  const parentName = members.text("parentGroupName");
  const wish = { parentName, ...readGroupProperties(members) };
  if (members.problem) return invalid(members.problem);
  const outcome = await call.ports.devices.thingGroups.create(name, wish);
  return answered(outcome, ({ id }) => ({
    thingGroupName: name,
    thingGroupArn: thingGroupArn(call, name),
    thingGroupId: id,
  }));
}
