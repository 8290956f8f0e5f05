/** iot ListThingGroups: `GET /thing-groups`, by name; below a group, deep unless asked not to. */

import type { ThingGroupRecord } from "../../../identity/mod.ts";
import { pageMembers } from "../../page.ts";
import { Query } from "../../query.ts";
import { failure, invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { listPage, readTokenPage } from "../registry-answers.ts";
import { groupNames } from "./thing-groups.ts";

const list = "thing groups";
const filters = ["parentGroup", "namePrefixFilter", "recursive"];

export function listThingGroups(call: IotCall): Outcome {
  const { thingGroups } = call.ports.devices;
  const query = new Query(call, "ListThingGroups", [...pageMembers, ...filters]);
  const wish = readTokenPage(query, list);
  const parent = query.text("parentGroup");
  const prefix = query.text("namePrefixFilter") ?? "";
  const isDeep = query.text("recursive") === undefined || query.flag("recursive");
  if (query.problem) return invalid(query.problem);
  if (parent !== undefined && !thingGroups.get(parent)) {
    return failure("ResourceNotFoundException", `There is no thing group "${parent}"`);
  }
  const isWanted = ({ name, parentName }: ThingGroupRecord) => {
    if (!name.startsWith(prefix)) return false;
    if (!isDeep) return parentName === parent;
    const above = thingGroups.pathOf(name).slice(1);
    return parent === undefined || above.some((one) => one.name === parent);
  };
  const wanted = [...thingGroups.all()].filter(isWanted);
  const placeOf = ({ name }: ThingGroupRecord) => name;
  const { entries, token } = listPage(wanted, { ...wish, list, placeOf });
  const found = entries.map(({ name }) => groupNames(call, name));
  return { body: { thingGroups: found, nextToken: token } };
}
