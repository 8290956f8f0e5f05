/**
 * `AWS::IAM::Policy` and `AWS::IAM::ManagedPolicy`: what roles may do, in resources of their own,
 * as the CDK writes what it grants.
 *
 * Users and groups are not there, so that policies of theirs are refused.
 */

import type { NamedPolicy } from "../../../identity/mod.ts";
import {
  countPolicyCharacters,
  documentCharactersMax,
  type PolicyDocument,
  policyLimits,
} from "../../../policy/mod.ts";
import {
  type Draft,
  defineResource,
  type Identity,
  type Path,
  stackAndLogicalId,
} from "../../resource-type.ts";
import { any, list, object, required, text } from "../../schema.ts";
import { markStatements, readPolicy } from "../policy-check.ts";
import { iamRoleType } from "./iam-role.ts";
import { managedPolicyType } from "./managed-policy.ts";

const policyName = text({
  pattern: /^[\w+=,.@-]{1,128}$/,
  form: "a policy's name: 1 to 128 of A-Z a-z 0-9 _ + = , . @ -",
});
const atDocument: Path = ["Properties", "PolicyDocument"];

export const iamPolicy = defineResource({
  type: "AWS::IAM::Policy",
  properties: object({
    PolicyName: required(policyName),
    PolicyDocument: required(any()),
    Roles: required(list(text(), { min: 1 })),
  }),
  nameProperty: "PolicyName",
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {},
  build(resource, draft) {
    const { properties: given, report } = resource;
    const { PolicyName: name, PolicyDocument: written } = given;
    const roles = [...new Set(given.Roles)];
    const document = readPolicy(resource, atDocument, { document: written, use: "identity" });
    checkRoles(resource, roles, draft);
    if (!document) return;
    attach({ name, document }, { resource, roles, draft });
    const size = countPolicyCharacters(JSON.stringify(written));
    draft.atEnd(() => {
      for (const [index, role] of roles.entries()) {
        const all = (draft.inlineCharacters.get(role) ?? 0) + size;
        draft.inlineCharacters.set(role, all);
        const most = documentCharactersMax.identity;
        if (all <= most) continue;
        const message = `the policies of '${role}' together have ${all} of ${most} characters`;
        report(["Properties", "Roles", index], message);
      }
    });
  },
});

export const iamManagedPolicy = defineResource({
  type: managedPolicyType,
  properties: object({
    ManagedPolicyName: policyName,
    PolicyDocument: required(any()),
    Roles: list(text()),
    Description: text(),
    Path: text({ pattern: /^\/([!-.0-~]+\/)*$/, form: "a path like '/' or '/team/'" }),
  }),
  nameProperty: "ManagedPolicyName",
  scopeProperty: "Path",
  namespace: "managed policy",
  defaultName: stackAndLogicalId,
  ref: policyArn,
  attributes: { PolicyArn: policyArn },
  build(resource, draft) {
    const { identity, properties: given, report } = resource;
    const { PolicyDocument: written } = given;
    const roles = [...new Set(given.Roles)];
    const document = readPolicy(resource, atDocument, { document: written, use: "identity" });
    checkRoles(resource, roles, draft);
    const size = countPolicyCharacters(JSON.stringify(written));
    const most = policyLimits.managedCharactersMax;
    if (size > most) report(atDocument, `the document has ${size} of ${most} characters`);
    if (!document) return;
    const policy = { name: policyArn(identity), document };
    draft.managedPolicies.set(policy.name, policy);
    attach(policy, { resource, roles, draft });
  },
});

function policyArn({ partition, accountId, name, scope: path = "/" }: Identity): string {
  return `arn:${partition}:iam::${accountId}:policy${path}${name}`;
}

interface AttachingResource {
  readonly identity: Identity;
  report(path: Path, message: string): void;
  mark(key: string, path: Path): void;
}

/** By their names, as `Ref` gives them. */
function checkRoles({ report }: AttachingResource, roles: readonly string[], draft: Draft): void {
  for (const [index, role] of roles.entries()) {
    if (draft.find([iamRoleType], role)) continue;
    report(["Properties", "Roles", index], `there is no role '${role}' in this template`);
  }
}

interface Attaching {
  readonly resource: AttachingResource;
  readonly roles: readonly string[];
  readonly draft: Draft;
}

/** Once the roles are all there; SAM's come with their functions. */
function attach(policy: NamedPolicy, { resource, roles, draft }: Attaching): void {
  const { document }: { readonly document: PolicyDocument } = policy;
  for (const roleName of roles) {
    markStatements(resource, policy.name, { document, at: [...atDocument, "Statement"], roleName });
  }
  draft.atEnd(() => {
    for (const [index, roleName] of roles.entries()) {
      const role = draft.roles.find(({ name }) => name === roleName)!;
      const other = role.policies.find(({ name }) => name === policy.name);
      if (other === policy) continue; // a managed policy that the role names, too
      if (other) {
        const message = `the role '${roleName}' has a policy '${policy.name}' already`;
        resource.report(["Properties", "Roles", index], message);
      }
      role.policies.push(policy);
    }
  });
}
