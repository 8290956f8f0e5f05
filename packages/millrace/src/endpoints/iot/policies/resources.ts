/** Where the operations on IoT policies stand. */

import type { Resource } from "../operation.ts";
import { attachPolicy } from "./AttachPolicy.ts";
import { attachPrincipalPolicy } from "./AttachPrincipalPolicy.ts";
import { createPolicy } from "./CreatePolicy.ts";
import { createPolicyVersion } from "./CreatePolicyVersion.ts";
import { deletePolicy } from "./DeletePolicy.ts";
import { deletePolicyVersion } from "./DeletePolicyVersion.ts";
import { detachPolicy } from "./DetachPolicy.ts";
import { detachPrincipalPolicy } from "./DetachPrincipalPolicy.ts";
import { getEffectivePolicies } from "./GetEffectivePolicies.ts";
import { getPolicy } from "./GetPolicy.ts";
import { getPolicyVersion } from "./GetPolicyVersion.ts";
import { listAttachedPolicies } from "./ListAttachedPolicies.ts";
import { listPolicies } from "./ListPolicies.ts";
import { listPolicyPrincipals } from "./ListPolicyPrincipals.ts";
import { listPolicyVersions } from "./ListPolicyVersions.ts";
import { listPrincipalPolicies } from "./ListPrincipalPolicies.ts";
import { listTargetsForPolicy } from "./ListTargetsForPolicy.ts";
import { setDefaultPolicyVersion } from "./SetDefaultPolicyVersion.ts";
import { testAuthorization } from "./TestAuthorization.ts";

export const policyResources: readonly Resource[] = [
  { path: /^\/policies$/, operations: { GET: listPolicies } },
  {
    path: /^\/policies\/([^/]*)$/,
    operations: { POST: createPolicy, GET: getPolicy, DELETE: deletePolicy },
  },
  {
    path: /^\/policies\/([^/]*)\/version$/,
    operations: { POST: createPolicyVersion, GET: listPolicyVersions },
  },
  {
    path: /^\/policies\/([^/]*)\/version\/([^/]*)$/,
    operations: {
      GET: getPolicyVersion,
      PATCH: setDefaultPolicyVersion,
      DELETE: deletePolicyVersion,
    },
  },
  {
    path: /^\/target-policies\/([^/]*)$/,
    operations: { PUT: attachPolicy, POST: detachPolicy },
  },
  {
    path: /^\/principal-policies\/([^/]*)$/,
    operations: { PUT: attachPrincipalPolicy, DELETE: detachPrincipalPolicy },
  },
  { path: /^\/principal-policies$/, operations: { GET: listPrincipalPolicies } },
  { path: /^\/policy-principals$/, operations: { GET: listPolicyPrincipals } },
  { path: /^\/attached-policies\/(.+)$/, operations: { POST: listAttachedPolicies } },
  { path: /^\/policy-targets\/([^/]*)$/, operations: { POST: listTargetsForPolicy } },
  { path: /^\/effective-policies$/, operations: { POST: getEffectivePolicies } },
  { path: /^\/test-authorization$/, operations: { POST: testAuthorization } },
];
