/**
 * iot GetEffectivePolicies: `POST /effective-policies`, those of a principal with their documents.
 * There are no groups of things, so a thing adds none.
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
  const names = principal === undefined ? [] : devices.policies.namesOf(principal);
  const effectivePolicies = names.flatMap((name) => {
    const policy = devices.policies.get(name);
    if (!policy) return [];
    const policyDocument = defaultVersionOf(policy).document;
    return [{ policyName: name, policyArn: policyArn(call, name), policyDocument }];
  });
  return { body: { effectivePolicies } };
}
