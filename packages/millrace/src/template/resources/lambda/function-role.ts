/** The role of a function: the one it names, or the one SAM makes from `Policies`. */

import type { NamedPolicy } from "../../../identity/mod.ts";
import { readManagedPolicy, readPolicyTemplate } from "../../policies/role-policies.ts";
import type { Draft, Path } from "../../resource-type.ts";
import { roleOf } from "../../serverless.ts";
import { fitName } from "../../surroundings.ts";
import { findManagedPolicy } from "../iam/managed-policy.ts";
import { boundInline, markStatements, readPolicy } from "../policy-check.ts";
import type { FunctionResource } from "./function-schema.ts";

/** What SAM attaches to every role that it makes. */
const basicPolicy = "AWSLambdaBasicExecutionRole";
/** And to those of functions with tracing. */
const tracingPolicy = "AWSXrayWriteOnlyAccess";
/** And to those of functions with a `DynamoDB` event. */
const streamPolicy = "AWSLambdaDynamoDBExecutionRole";

/**
 * Keeps the role that SAM makes, and gives the ARN of the function's role. An entry of `Policies`
 * is a managed policy (text), a document, or one of SAM's policy templates
 * (`DynamoDBCrudPolicy: {TableName: ...}`). With `Role`, SAM ignores `Policies`, so that both at
 * once are refused.
 */
export function keepRole(resource: FunctionResource, draft: Draft): string {
  const { Role, Policies, AssumeRolePolicyDocument } = resource.properties;
  if (Role !== undefined) {
    const message = "'Policies' does nothing beside 'Role': put them into the role";
    if (Policies) resource.report(["Properties", "Policies"], message);
    if (AssumeRolePolicyDocument) {
      draft.noteWithoutEffect("AssumeRolePolicyDocument (beside Role)");
    }
    return Role;
  }
  const { stackName, logicalId, partition, accountId } = resource.identity;
  const name = fitName(`${stackName}-${roleOf(logicalId)}`, 64);
  const arn = `arn:${partition}:iam::${accountId}:role/${name}`;
  const policies = policiesOf(resource, name, draft);
  const trust = trustOf(resource);
  draft.roles.push({ name, arn, policies, ...(trust && { trust }) });
  return arn;
}

/** Those that SAM attaches by itself, then the function's own. What is wrong is reported. */
function policiesOf(resource: FunctionResource, roleName: string, draft: Draft): NamedPolicy[] {
  const { Policies = [], Tracing, Events = {} } = resource.properties;
  const policies: NamedPolicy[] = [];
  const keep = (at: Path, policy: NamedPolicy | string | undefined) => {
    if (typeof policy === "string") resource.report(at, policy);
    if (typeof policy !== "object") return;
    policies.push(policy);
    const { document } = policy;
    markStatements(resource, policy.name, { document, at: [...at, "Statement"], roleName });
  };
  keep(["Properties"], readManagedPolicy(basicPolicy));
  if (Tracing && Tracing !== "Disabled") {
    keep(["Properties", "Tracing"], readManagedPolicy(tracingPolicy));
  }
  if (Object.values(Events).some(({ Type }) => Type === "DynamoDB")) {
    keep(["Properties", "Events"], readManagedPolicy(streamPolicy));
  }
  boundInline(resource, Policies.filter(isDocument), { roleName, draft });
  Policies.forEach((policy, index) => {
    const at = ["Properties", "Policies", index];
    const name = `${resource.identity.logicalId}Policy${index}`;
    const isName = typeof policy === "string";
    keep(at, isName ? findManagedPolicy(draft, policy) : readEntry(resource, policy, { at, name }));
  });
  return policies;
}

function trustOf(resource: FunctionResource) {
  const document = resource.properties.AssumeRolePolicyDocument;
  if (document === undefined) return undefined;
  return readPolicy(resource, ["Properties", "AssumeRolePolicyDocument"], {
    document,
    use: "trust",
  });
}

/** The policy, what is wrong with it, or nothing where that is reported already. */
function readEntry(
  resource: FunctionResource,
  policy: unknown,
  { at, name }: { readonly at: Path; readonly name: string },
): NamedPolicy | string | undefined {
  if (isDocument(policy)) {
    const document = readPolicy(resource, at, { document: policy, use: "identity" });
    return document && { name, document };
  }
  const [first, ...more] = isMap(policy) ? Object.entries(policy) : [];
  if (!first || more.length > 0 || !/^[A-Z]\w+$/.test(first[0]) || !isMap(first[1])) {
    return "a policy is a name, a document or one of SAM's policy templates";
  }
  return readPolicyTemplate(first[0], first[1], resource.identity);
}

function isDocument(policy: unknown): boolean {
  return isMap(policy) && "Statement" in policy;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
