/** iot AttachPrincipalPolicy: `PUT /principal-policies/{policyName}`, the older AttachPolicy. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered, readHeader } from "../registry-answers.ts";
import { principalHeader, readPolicyName } from "./policies.ts";

export async function attachPrincipalPolicy(call: IotCall): Promise<Outcome> {
  const name = readPolicyName(call);
  if (typeof name !== "string") return name;
  const principal = readHeader(call, principalHeader);
  if (typeof principal !== "string") return principal;
  return answered(await call.ports.devices.policies.attach(name, principal));
}
