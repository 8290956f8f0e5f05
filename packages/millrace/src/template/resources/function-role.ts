/** The role of a function: the one it names, or the one SAM makes from `Policies`. */

import type { NamedPolicy } from "../../identity/mod.ts";
import type { Draft } from "../resource-type.ts";
import { roleOf } from "../serverless.ts";
import { fitName } from "../surroundings.ts";
import type { FunctionResource } from "./function-schema.ts";
import { readPolicy } from "./policy-check.ts";

/**
 * Keeps the role that SAM makes. An entry of `Policies` is a managed policy (text), a document, or
 * one of SAM's policy templates (`DynamoDBCrudPolicy: {TableName: ...}`). With `Role`, SAM ignores
 * `Policies`, so that both at once are refused.
 */
export function keepRole(resource: FunctionResource, draft: Draft): void {
  const { Role, Policies } = resource.properties;
  if (Role !== undefined || Policies) draft.noteNotEnforced("roles of functions and rules");
  if (Role !== undefined) {
    const message = "'Policies' does nothing beside 'Role': put them into the role";
    if (Policies) resource.report(["Properties", "Policies"], message);
    return;
  }
  const { stackName, logicalId, partition, accountId } = resource.identity;
  const policies: NamedPolicy[] = [];
  const managedPolicies: string[] = [];
  const policyTemplates: { name: string; parameters: unknown }[] = [];
  (Policies ?? []).forEach((policy, index) => {
    const at = ["Properties", "Policies", index];
    const entries = isMap(policy) ? Object.entries(policy) : [];
    const [first] = entries;
    if (typeof policy === "string") managedPolicies.push(policy);
    else if (isMap(policy) && "Statement" in policy) {
      const document = readPolicy(resource, at, { document: policy, use: "identity" });
      if (document) policies.push({ name: `${logicalId}Policy${index}`, document });
    } else if (first && entries.length === 1 && /^[A-Z]\w+$/.test(first[0]) && isMap(first[1])) {
      policyTemplates.push({ name: first[0], parameters: first[1] });
    } else {
      resource.report(at, "a policy is a name, a document or one of SAM's policy templates");
    }
  });
  const name = fitName(`${stackName}-${roleOf(logicalId)}`, 64);
  const arn = `arn:${partition}:iam::${accountId}:role/${name}`;
  draft.roles.push({ name, arn, policies, managedPolicies, policyTemplates });
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
