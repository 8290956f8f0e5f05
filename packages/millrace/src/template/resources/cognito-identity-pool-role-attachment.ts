/**
 * `AWS::Cognito::IdentityPoolRoleAttachment`: which roles the guests of a pool take, and those with
 * a login. Mappings of roles, by claims or rules, are refused by name.
 */

import { type Draft, defineResource } from "../resource-type.ts";
import { object, required, text } from "../schema.ts";
import { identityPoolType } from "./cognito-identity-pool.ts";

export const cognitoIdentityPoolRoleAttachment = defineResource({
  type: "AWS::Cognito::IdentityPoolRoleAttachment",
  properties: object({
    IdentityPoolId: required(text()),
    Roles: object({ unauthenticated: text(), authenticated: text() }),
  }),
  defaultName: (_, logicalId) => logicalId,
  ref: ({ logicalId }) => logicalId,
  attributes: {},
  build({ properties, report }, draft) {
    const { IdentityPoolId: poolId, Roles: roles } = properties;
    if (!draft.find([identityPoolType], poolId)) {
      report(["Properties", "IdentityPoolId"], `there is no identity pool '${poolId}'`);
      return;
    }
    const pool = draft.identityPools.find(({ id }) => id === poolId);
    if (!pool) return;
    if (pool.guestRoleArn !== undefined || pool.memberRoleArn !== undefined) {
      report(["Properties", "IdentityPoolId"], "this pool has its roles from another attachment");
      return;
    }
    for (const kind of ["unauthenticated", "authenticated"] as const) {
      const arn = roles?.[kind];
      const problem = arn === undefined ? undefined : problemOfRole(arn, draft);
      if (problem) report(["Properties", "Roles", kind], problem);
    }
    if (roles?.unauthenticated !== undefined) pool.guestRoleArn = roles.unauthenticated;
    if (roles?.authenticated !== undefined) pool.memberRoleArn = roles.authenticated;
  },
});

/** What keeps anybody from taking the role. */
function problemOfRole(arn: string, { roles }: Draft): string | undefined {
  const role = roles.find((one) => one.arn === arn);
  if (!role) return `'${arn}' is no role of this template`;
  const [managed] = role.managedPolicies;
  if (managed === undefined) return undefined;
  return `the role has the managed policy '${managed}', which is not there: write its statements`;
}
