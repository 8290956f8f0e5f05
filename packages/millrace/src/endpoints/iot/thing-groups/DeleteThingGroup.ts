/** iot DeleteThingGroup: `DELETE /thing-groups/{thingGroupName}`; not with groups below it. */

import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readThingGroupName } from "./thing-groups.ts";

export async function deleteThingGroup(call: IotCall): Promise<Outcome> {
  const name = readThingGroupName(call);
  if (typeof name !== "string") return name;
  const query = new Query(call, "DeleteThingGroup", ["expectedVersion"]);
  const bounds = { min: 1, max: Number.MAX_SAFE_INTEGER };
  const expectedVersion = query.integer("expectedVersion", bounds);
  if (query.problem) return invalid(query.problem);
  const { thingGroups } = call.ports.devices;
  return answered(await thingGroups.delete(name, expectedVersion), () => ({}));
}
