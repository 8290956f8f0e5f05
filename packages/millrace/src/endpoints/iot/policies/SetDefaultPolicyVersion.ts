/** iot SetDefaultPolicyVersion: `PATCH /policies/{policyName}/version/{policyVersionId}`. */

import type { Outcome } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { readPolicyVersion } from "./policies.ts";

export async function setDefaultPolicyVersion(call: IotCall): Promise<Outcome> {
  const asked = readPolicyVersion(call);
  if ("type" in asked) return asked;
  return answered(await call.ports.devices.policies.setDefault(asked.name, asked.versionId));
}
