/** iot ListPrincipalPolicies: `GET /principal-policies`, the older ListAttachedPolicies. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { readHeader } from "../registry-answers.ts";
import { listedPolicies, principalHeader } from "./policies.ts";

export function listPrincipalPolicies(call: IotCall): Outcome {
  const principal = readHeader(call, principalHeader);
  if (typeof principal !== "string") return principal;
  const names = call.ports.devices.policies.namesOf(principal);
  return listedPolicies(call, { operation: "ListPrincipalPolicies", names });
}
