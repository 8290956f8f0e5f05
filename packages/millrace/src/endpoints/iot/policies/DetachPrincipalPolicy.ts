/** iot DetachPrincipalPolicy: `DELETE /principal-policies/{policyName}`, the older DetachPolicy. */

import { failure, type Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered, readHeader } from "../registry-answers.ts";
import { principalHeader, readPolicyName } from "./policies.ts";

export async function detachPrincipalPolicy(call: IotCall): Promise<Outcome> {
  const name = readPolicyName(call);
  if (typeof name !== "string") return name;
  const principal = readHeader(call, principalHeader);
  if (typeof principal !== "string") return principal;
  const outcome = await call.ports.devices.policies.detach(name, principal);
  if (!outcome.ok || outcome.value) return answered(outcome);
  const message = `The policy "${name}" is not attached to "${principal}"`;
  return failure("ResourceNotFoundException", message);
}
