/** The policies of tables and streams, compiled once for each document. */

import { compilePolicy, parsePolicyText, type ResourcePolicies } from "../../policy/mod.ts";
import type { ResourcePolicy } from "../../tables/mod.ts";

/** By the policy as it is kept; a change is another one. */
const compiled = new WeakMap<ResourcePolicy, ResourcePolicies>();

/** As decisions take it; `undefined` where there is no policy. */
export function resourcePolicies(policy: ResourcePolicy | undefined): ResourcePolicies | undefined {
  if (!policy) return undefined;
  const known = compiled.get(policy);
  if (known) return known;
  const parsed = parsePolicyText(policy.document, "resource");
  // One that this version does not understand gives nobody anything; its denials would be lost, so
  // it lets nobody in at all.
  const policies = parsed.ok
    ? { policies: [compilePolicy("the resource's policy", parsed.document)] }
    : { policies: [], isRequired: true };
  compiled.set(policy, policies);
  return policies;
}
