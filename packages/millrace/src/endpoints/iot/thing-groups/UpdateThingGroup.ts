/** iot UpdateThingGroup: `PATCH /thing-groups/{thingGroupName}`; where it stands cannot change. */

import { invalid, type Outcome } from "../answers.ts";
import { readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readGroupProperties, readThingGroupName } from "./thing-groups.ts";

const known = ["thingGroupProperties", "expectedVersion"];

export async function updateThingGroup(call: IotCall): Promise<Outcome> {
  const name = readThingGroupName(call);
  if (typeof name !== "string") return name;
  const members = await readMembers(call, "UpdateThingGroup", known);
  if ("type" in members) return members;
  const expectedVersion = members.integer("expectedVersion");
  const change = { expectedVersion, ...readGroupProperties(members) };
  if (members.problem) return invalid(members.problem);
  const outcome = await call.ports.devices.thingGroups.update(name, change);
  return answered(outcome, (version) => ({ version }));
}
