/** iot AttachPolicy: `PUT /target-policies/{policyName}`; to a certificate or an identity. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readPolicyName, readTargetMember } from "./policies.ts";

export async function attachPolicy(call: IotCall): Promise<Outcome> {
  const name = readPolicyName(call);
  if (typeof name !== "string") return name;
  const target = await readTargetMember(call, "AttachPolicy");
  if (typeof target !== "string") return target;
  return answered(await call.ports.devices.policies.attach(name, target));
}
