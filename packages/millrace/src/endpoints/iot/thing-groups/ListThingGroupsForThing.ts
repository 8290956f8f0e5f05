/** iot ListThingGroupsForThing: `GET /things/{thingName}/thing-groups`, its own, none above. */

import { pageMembers } from "../../page.ts";
import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { listPage, readTokenPage } from "../registry-answers.ts";
import { findThing, readThingName } from "../things/things.ts";
import { groupNames } from "./thing-groups.ts";

const operation = "ListThingGroupsForThing";

export function listThingGroupsForThing(call: IotCall): Outcome {
  const thingName = readThingName(call);
  if (typeof thingName !== "string") return thingName;
  const thing = findThing(call, thingName);
  if ("type" in thing) return thing;
  const query = new Query(call, operation, pageMembers);
  const wish = readTokenPage(query, operation);
  if (query.problem) return invalid(query.problem);
  const all = call.ports.devices.thingGroups.groupsOf(thingName);
  const placeOf = (name: string) => name;
  const { entries, token } = listPage(all, { ...wish, list: operation, placeOf });
  const thingGroups = entries.map((name) => groupNames(call, name));
  return { body: { thingGroups, nextToken: token } };
}
