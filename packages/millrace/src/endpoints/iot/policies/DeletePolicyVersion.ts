/** iot DeletePolicyVersion: `DELETE /policies/{policyName}/version/{policyVersionId}`. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readPolicyVersion } from "./policies.ts";

export async function deletePolicyVersion(call: IotCall): Promise<Outcome> {
  const asked = readPolicyVersion(call);
  if ("type" in asked) return asked;
  return answered(await call.ports.devices.policies.deleteVersion(asked.name, asked.versionId));
}
