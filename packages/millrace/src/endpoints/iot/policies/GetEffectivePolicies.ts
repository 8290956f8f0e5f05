/**
 * iot GetEffectivePolicies: `POST /effective-policies`, with their documents: those of a principal,
 * and those of the groups that a thing is in.
 */

import { defaultVersionOf } from "../../../identity/mod.ts";
import { Query } from "../../query.ts";
import { failure, invalid, type Outcome } from "../answers.ts";
import { readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { policyArn } from "./policies.ts";

const operation = "GetEffectivePolicies";

export async function getEffectivePolicies(call: IotCall): Promise<Outcome> {
  const { devices } = call.ports;
  const query = new Query(call, operation, ["thingName"]);
  const thingName = query.text("thingName");
  if (query.problem) return invalid(query.problem);
  const members = await readMembers(call, operation, ["principal"]);
  if ("type" in members) return members;
  const principal = members.text("principal");
  if (members.problem) return invalid(members.problem);
  if (principal === undefined && thingName === undefined) {
    return invalid('Neither "principal" nor "thingName" is there');
  }
  if (thingName !== undefined && !devices.things.get(thingName)) {
    return failure("ResourceNotFoundException", `There is no thing "${thingName}"`);
  }
  const groups = thingName === undefined ? [] : devices.thingGroups.targetsOf(thingName);
  const targets = principal === undefined ? groups : [principal, ...groups];
  const all = targets.flatMap((target) => devices.policies.namesOf(target));
  const names = [...new Set(all)].sort();
  const effectivePolicies = names.flatMap((name) => {
    const policy = devices.policies.get(name);
    if (!policy) return [];
    const policyDocument = defaultVersionOf(policy).document;
    return [{ policyName: name, policyArn: policyArn(call, name), policyDocument }];
  });
  return { body: { effectivePolicies } };
}
