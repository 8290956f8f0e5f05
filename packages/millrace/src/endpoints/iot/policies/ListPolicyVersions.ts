/** iot ListPolicyVersions: `GET /policies/{policyName}/version`, the newest first. */

import { type Outcome, wireSeconds } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { findPolicy, readPolicyName } from "./policies.ts";

export function listPolicyVersions(call: IotCall): Outcome {
  const name = readPolicyName(call);
  if (typeof name !== "string") return name;
  const policy = findPolicy(call, name);
  if ("type" in policy) return policy;
  const policyVersions = policy.versions.toReversed().map(({ id, createdAtMs }) => ({
    versionId: id,
    isDefaultVersion: id === policy.defaultVersionId,
    createDate: wireSeconds(createdAtMs),
  }));
  return { body: { policyVersions } };
}
