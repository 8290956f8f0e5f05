/** Managed policies by their names and ARNs: those of the template, and those of AWS. */

import type { NamedPolicy } from "../../../identity/mod.ts";
import { readManagedPolicy } from "../../policies/role-policies.ts";
import type { Draft } from "../../resource-type.ts";

export const managedPolicyType = "AWS::IAM::ManagedPolicy";

/** The policy, why there is none, or nothing where what is wrong with it is reported already. */
export function findManagedPolicy(
  draft: Draft,
  nameOrArn: string,
): NamedPolicy | string | undefined {
  const own = draft.managedPolicies.get(nameOrArn);
  if (own || draft.find([managedPolicyType], nameOrArn)) return own;
  return readManagedPolicy(nameOrArn);
}
