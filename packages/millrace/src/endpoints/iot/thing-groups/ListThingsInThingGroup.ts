/** iot ListThingsInThingGroup: `GET /thing-groups/{thingGroupName}/things`. */

import { pageMembers } from "../../page.ts";
import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { listPage, readTokenPage } from "../registry-answers.ts";
import { findThingGroup, readThingGroupName } from "./thing-groups.ts";

const operation = "ListThingsInThingGroup";

export function listThingsInThingGroup(call: IotCall): Outcome {
  const name = readThingGroupName(call);
  if (typeof name !== "string") return name;
  const group = findThingGroup(call, name);
  if ("type" in group) return group;
  const query = new Query(call, operation, [...pageMembers, "recursive"]);
  const wish = readTokenPage(query, operation);
  const below = query.flag("recursive");
  if (query.problem) return invalid(query.problem);
  const all = call.ports.devices.thingGroups.thingsIn(name, { below });
  const placeOf = (thing: string) => thing;
  const { entries, token } = listPage(all, { ...wish, list: operation, placeOf });
  return { body: { things: entries, nextToken: token } };
}
