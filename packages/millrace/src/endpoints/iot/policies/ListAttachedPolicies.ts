/**
 * iot ListAttachedPolicies: `POST /attached-policies/{target}`. There are no groups of things, so
 * `recursive` finds nothing more.
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
  query.flag("recursive");
  if (query.problem) return invalid(query.problem);
  const names = call.ports.devices.policies.namesOf(target);
  return listedPolicies(call, { operation, names, members: ["recursive"] });
}
