/** iot CreatePolicy: `POST /policies/{policyName}`; its document is read before it is kept. */

import { invalid, type Outcome } from "../answers.ts";
import { readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { policyArn, readPolicyName } from "./policies.ts";

export async function createPolicy(call: IotCall): Promise<Outcome> {
  const name = readPolicyName(call);
  if (typeof name !== "string") return name;
  const members = await readMembers(call, "CreatePolicy", ["policyDocument"]);
  if ("type" in members) return members;
  const policyDocument = members.requiredText("policyDocument");
  if (members.problem) return invalid(members.problem);
  const outcome = await call.ports.devices.policies.create(name, policyDocument);
  return answered(outcome, ({ defaultVersionId }) => ({
    policyName: name,
    policyArn: policyArn(call, name),
    policyDocument,
    policyVersionId: defaultVersionId,
  }));
}
