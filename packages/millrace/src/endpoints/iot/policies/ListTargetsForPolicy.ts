/** iot ListTargetsForPolicy: `POST /policy-targets/{policyName}`. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { findPolicy, listedTargets, readPolicyName } from "./policies.ts";

export function listTargetsForPolicy(call: IotCall): Outcome {
  const name = readPolicyName(call);
  if (typeof name !== "string") return name;
  const policy = findPolicy(call, name);
  if ("type" in policy) return policy;
  const all = call.ports.devices.policies.targetsOf(name);
  const page = listedTargets(call, "ListTargetsForPolicy", all);
  return "type" in page ? page : { body: page };
}
