/** iot GetPolicyVersion: `GET /policies/{policyName}/version/{policyVersionId}`. */

import { versionOf } from "../../../identity/mod.ts";
import { failure, type Outcome, wireSeconds } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { findPolicy, policyArn, readPolicyVersion } from "./policies.ts";

export function getPolicyVersion(call: IotCall): Outcome {
  const asked = readPolicyVersion(call);
  if ("type" in asked) return asked;
  const { name, versionId } = asked;
  const policy = findPolicy(call, name);
  if ("type" in policy) return policy;
  const version = versionOf(policy, versionId);
  if (!version) {
    const message = `There is no version ${versionId} of the policy "${name}"`;
    return failure("ResourceNotFoundException", message);
  }
  const body = {
    policyName: name,
    policyArn: policyArn(call, name),
    policyDocument: version.document,
    policyVersionId: versionId,
    isDefaultVersion: versionId === policy.defaultVersionId,
    creationDate: wireSeconds(version.createdAtMs),
    lastModifiedDate: wireSeconds(version.createdAtMs),
  };
  return { body };
}
