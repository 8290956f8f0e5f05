/** `AWS::IAM::Role`: its documents are checked and kept; nothing enforces them yet. */

import {
  countPolicyCharacters,
  documentCharactersMax,
  type PolicyDocument,
} from "../../policy/mod.ts";
import { defineResource, stackAndLogicalId } from "../resource-type.ts";
import { any, integer, list, object, required, text } from "../schema.ts";
import { readPolicy } from "./policy-check.ts";

export const iamRole = defineResource({
  type: "AWS::IAM::Role",
  properties: object({
    RoleName: text({
      pattern: /^[\w+=,.@-]{1,64}$/,
      form: "a role name: 1 to 64 of A-Z a-z 0-9 _ + = , . @ -",
    }),
    Description: text(),
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
    readPolicy(resource, ["Properties", "AssumeRolePolicyDocument"], {
      document: properties.AssumeRolePolicyDocument,
      use: "trust",
    });
    const documents = (properties.Policies ?? []).map(({ PolicyDocument: document }, index) =>
      readPolicy(resource, ["Properties", "Policies", index, "PolicyDocument"], {
        document,
        use: "identity",
      }),
    );
    const sizes = (properties.Policies ?? []).map(({ PolicyDocument: document }) =>
      countPolicyCharacters(JSON.stringify(document)),
    );
    const size = sizes.reduce((sum, one) => sum + one, 0);
    const most = documentCharactersMax.identity;
    if (sizes.length > 1 && size > most) {
      const message = `the policies together have ${size} of ${most} characters`;
      resource.report(["Properties", "Policies"], message);
    }
    draft.noteNotEnforced("roles");
    draft.roles.push({
      name,
      arn: `arn:${partition}:iam::${accountId}:role/${name}`,
      documents: documents.filter((document): document is PolicyDocument => !!document),
      managedPolicies: properties.ManagedPolicyArns ?? [],
      policyTemplates: [],
    });
  },
});
