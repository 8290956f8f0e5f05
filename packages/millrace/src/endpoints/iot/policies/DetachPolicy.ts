/** iot DetachPolicy: `POST /target-policies/{policyName}`; what is not attached is off already. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readPolicyName, readTargetMember } from "./policies.ts";

export async function detachPolicy(call: IotCall): Promise<Outcome> {
  const name = readPolicyName(call);
  if (typeof name !== "string") return name;
  const target = await readTargetMember(call, "DetachPolicy");
  if (typeof target !== "string") return target;
  return answered(await call.ports.devices.policies.detach(name, target));
}
