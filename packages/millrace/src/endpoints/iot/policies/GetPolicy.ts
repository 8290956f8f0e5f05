/** iot GetPolicy: `GET /policies/{policyName}`, with the document of its default version. */

import { defaultVersionOf } from "../../../identity/mod.ts";
import { type Outcome, wireSeconds } from "../answers.ts";
import type { IotCall } from "../operation.ts";
import { findPolicy, policyArn, readPolicyName } from "./policies.ts";

export function getPolicy(call: IotCall): Outcome {
  const name = readPolicyName(call);
  if (typeof name !== "string") return name;
  const policy = findPolicy(call, name);
  if ("type" in policy) return policy;
  const body = {
    policyName: name,
    policyArn: policyArn(call, name),
    policyDocument: defaultVersionOf(policy).document,
    defaultVersionId: policy.defaultVersionId,
    creationDate: wireSeconds(policy.createdAtMs),
    lastModifiedDate: wireSeconds(policy.changedAtMs),
  };
  return { body };
}
