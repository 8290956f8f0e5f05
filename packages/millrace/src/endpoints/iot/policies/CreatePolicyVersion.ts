/** iot CreatePolicyVersion: `POST /policies/{policyName}/version`; a policy has at most five. */

import { Query } from "../../query.ts";
import { invalid, type Outcome } from "../answers.ts";
import { readMembers } from "../members.ts";
import type { IotCall } from "../operation.ts";
import { answered } from "../registry-answers.ts";
import { policyArn, readPolicyName } from "./policies.ts";

const operation = "CreatePolicyVersion";

export async function createPolicyVersion(call: IotCall): Promise<Outcome> {
  const name = readPolicyName(call);
  if (typeof name !== "string") return name;
  const query = new Query(call, operation, ["setAsDefault"]);
  const asDefault = query.flag("setAsDefault");
  if (query.problem) return invalid(query.problem);
  const members = await readMembers(call, operation, ["policyDocument"]);
  if ("type" in members) return members;
  const document = members.requiredText("policyDocument");
  if (members.problem) return invalid(members.problem);
  const outcome = await call.ports.devices.policies.addVersion(name, document, { asDefault });
  return answered(outcome, ({ version, isDefault }) => ({
    policyArn: policyArn(call, name),
    policyDocument: document,
    policyVersionId: version.id,
    isDefaultVersion: isDefault,
  }));
}
