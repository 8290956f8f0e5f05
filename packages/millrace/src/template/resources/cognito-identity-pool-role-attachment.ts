/**
 * `AWS::Cognito::IdentityPoolRoleAttachment`: which role the guests of a pool take.
 *
 * A role for identities with a login is read and has no effect, because there are no logins;
 * mappings of roles are refused by name.
 */

import { defineResource, type Path } from "../resource-type.ts";
import { object, required, text } from "../schema.ts";
import { identityPoolType } from "./cognito-identity-pool.ts";

const guestRole: Path = ["Properties", "Roles", "unauthenticated"];

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
    if (roles?.authenticated !== undefined) {
      draft.noteWithoutEffect("roles for identities with a login");
    }
    if (!draft.find([identityPoolType], poolId)) {
      report(["Properties", "IdentityPoolId"], `there is no identity pool '${poolId}'`);
      return;
    }
    const pool = draft.identityPools.find(({ id }) => id === poolId);
    const arn = roles?.unauthenticated;
    if (arn === undefined || !pool) return;
    if (!draft.roles.some((role) => role.arn === arn)) {
      report(guestRole, `'${arn}' is no role of this template`);
    } else if (pool.guestRoleArn !== undefined) {
      report(["Properties", "IdentityPoolId"], "this pool has its roles from another attachment");
    } else pool.guestRoleArn = arn;
  },
});
