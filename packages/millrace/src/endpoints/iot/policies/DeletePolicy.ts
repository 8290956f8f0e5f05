/** iot DeletePolicy: `DELETE /policies/{policyName}`; not while something has it. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readPolicyName } from "./policies.ts";

export async function deletePolicy(call: IotCall): Promise<Outcome> {
  const name = readPolicyName(call);
  if (typeof name !== "string") return name;
  return answered(await call.ports.devices.policies.delete(name));
}
