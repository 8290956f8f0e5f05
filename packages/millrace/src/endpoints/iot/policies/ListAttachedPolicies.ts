/**
 * iot ListAttachedPolicies: `POST /attached-policies/{target}`; of a group of things, `recursive`
 * adds those of the groups above it.
 */

import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { markerMembers } from "../registry-answers.ts";
import { listedPolicies, readTarget } from "./policies.ts";

const operation = "ListAttachedPolicies";

export function listAttachedPolicies(call: IotCall): Outcome {
  const target = readTarget(call);
  if (typeof target !== "string") return target;
  const query = new Query(call, operation, [...markerMembers, "recursive"]);
  const isRecursive = query.flag("recursive");
  if (query.problem) return invalid(query.problem);
  const { devices } = call.ports;
  const { policies, thingGroups } = devices;
  const prefix = devices.arnOf("thinggroup", "");
  const group = isRecursive && target.startsWith(prefix) ? target.slice(prefix.length) : undefined;
  const above = group === undefined ? [] : thingGroups.pathOf(group).map(({ name }) => name);
  const targets = new Set([target, ...above.map((name) => devices.arnOf("thinggroup", name))]);
  const names = [...new Set([...targets].flatMap((one) => policies.namesOf(one)))];
  return listedPolicies(call, { operation, names, members: ["recursive"] });
}
