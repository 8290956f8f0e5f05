/** iot ListPolicyPrincipals: `GET /policy-principals`, the older ListTargetsForPolicy. */

import { invalid, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { nameForms, readHeader } from "../registry-answers.ts";
import { findPolicy, listedTargets } from "./policies.ts";

export function listPolicyPrincipals(call: IotCall): Outcome {
  const name = readHeader(call, "x-amzn-iot-policy");
  if (typeof name !== "string") return name;
  if (!nameForms.policy.pattern.test(name)) return invalid(`"${name}" is no name of a policy`);
  const policy = findPolicy(call, name);
  if ("type" in policy) return policy;
  const all = call.ports.devices.policies.targetsOf(name);
  const page = listedTargets(call, "ListPolicyPrincipals", all);
  if ("type" in page) return page;
  return { body: { principals: page.targets, nextMarker: page.nextMarker } };
}
