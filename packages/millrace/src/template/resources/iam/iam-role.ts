/** `AWS::IAM::Role`: for guests, functions, rules, and whoever else its trust lets take it. */

import { defineResource, stackAndLogicalId } from "../../resource-type.ts";
import { any, choice, integer, list, object, required, text } from "../../schema.ts";
import { boundInline, markStatements, readPolicy } from "../policy-check.ts";
import { noteTags, tags } from "../tags.ts";
import { findManagedPolicy } from "./managed-policy.ts";

export const iamRoleType = "AWS::IAM::Role";

export const iamRole = defineResource({
  type: iamRoleType,
  properties: object({
    RoleName: text({
      pattern: /^[\w+=,.@-]{1,64}$/,
      form: "a role name: 1 to 64 of A-Z a-z 0-9 _ + = , . @ -",
    }),
    Description: text(),
    /** In an ARN, any other would stand before the name. */
    Path: choice("/"),
    Tags: tags,
    MaxSessionDuration: integer(3_600, 43_200),
    AssumeRolePolicyDocument: required(any()),
    ManagedPolicyArns: list(text()),
    Policies: list(object({ PolicyName: required(text()), PolicyDocument: required(any()) })),
  }),
  nameProperty: "RoleName",
  namespace: "role",
  defaultName: stackAndLogicalId,
  ref: ({ name }) => name,
  attributes: {
    Arn: ({ partition, accountId, name }) => `arn:${partition}:iam::${accountId}:role/${name}`,
  },
  build(resource, draft) {
    const { properties, identity } = resource;
    const { name, partition, accountId } = identity;
    const trust = readPolicy(resource, ["Properties", "AssumeRolePolicyDocument"], {
      document: properties.AssumeRolePolicyDocument,
      use: "trust",
    });
    const names = (properties.Policies ?? []).map(({ PolicyName: one }) => one);
    const policies = (properties.Policies ?? []).flatMap((policy, index) => {
      if (names.indexOf(policy.PolicyName) < index) {
        const message = `the role has a policy '${policy.PolicyName}' already`;
        resource.report(["Properties", "Policies", index, "PolicyName"], message);
      }
      const document = readPolicy(resource, ["Properties", "Policies", index, "PolicyDocument"], {
        document: policy.PolicyDocument,
        use: "identity",
      });
      if (!document) return [];
      const at = ["Properties", "Policies", index, "PolicyDocument", "Statement"];
      markStatements(resource, policy.PolicyName, { document, at });
      return [{ name: policy.PolicyName, document }];
    });
    const documents = (properties.Policies ?? []).map(({ PolicyDocument: document }) => document);
    boundInline(resource, documents, { roleName: name, draft });
    noteTags(properties.Tags, iamRoleType, draft);
    const managed = (properties.ManagedPolicyArns ?? []).flatMap((policyArn, index) => {
      const policy = findManagedPolicy(draft, policyArn);
      const at = ["Properties", "ManagedPolicyArns", index];
      if (typeof policy === "object") {
        markStatements(resource, policy.name, { document: policy.document, at });
        return [policy];
      }
      if (policy !== undefined) resource.report(at, policy);
      return [];
    });
    draft.roles.push({
      name,
      arn: `arn:${partition}:iam::${accountId}:role/${name}`,
      ...(trust && { trust }),
      ...(properties.MaxSessionDuration && { sessionSecondsMax: properties.MaxSessionDuration }),
      policies: [...policies, ...managed],
    });
  },
});
