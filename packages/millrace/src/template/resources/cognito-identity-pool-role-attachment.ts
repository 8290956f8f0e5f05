/**
 * `AWS::Cognito::IdentityPoolRoleAttachment`: which roles the guests of a pool take, and those with
 * a login; and which others those take whose tokens say so.
 */

import type { RoleMapping } from "../../identity/mod.ts";
import { type Draft, defineResource, type Path } from "../resource-type.ts";
import { choice, dictionary, list, object, required, text, type ValueOf } from "../schema.ts";
import { identityPoolType } from "./cognito-identity-pool.ts";

const roleMapping = object({
  IdentityProvider: text(),
  Type: required(choice("Token", "Rules")),
  AmbiguousRoleResolution: choice("AuthenticatedRole", "Deny"),
  RulesConfiguration: object({
    Rules: required(
      list(
        object({
          Claim: required(text({ pattern: /^[^\s]{1,64}$/, form: "the name of a claim" })),
          MatchType: required(choice("Equals", "Contains", "StartsWith", "NotEqual")),
          Value: required(text({ pattern: /^.{1,128}$/s, form: "1 to 128 characters" })),
          RoleARN: required(text()),
        }),
        { min: 1, max: 25 },
      ),
    ),
  }),
});

export const cognitoIdentityPoolRoleAttachment = defineResource({
  type: "AWS::Cognito::IdentityPoolRoleAttachment",
  properties: object({
    IdentityPoolId: required(text()),
    Roles: object({ unauthenticated: text(), authenticated: text() }),
    RoleMappings: dictionary(roleMapping),
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
    const mappings = Object.entries(properties.RoleMappings ?? {});
    pool.roleMappings = mappings.flatMap(([key, mapping]) => {
      const place = ["Properties", "RoleMappings", key];
      const tell = (path: Path, message: string) => report([...place, ...path], message);
      return readMapping({ key, mapping, pool, draft, tell }) ?? [];
    });
  },
});

interface Mapping {
  readonly key: string;
  readonly mapping: ValueOf<typeof roleMapping>;
  readonly pool: Draft["identityPools"][number];
  readonly draft: Draft;
  readonly tell: (path: Path, message: string) => void;
}

/** The mapping; `undefined`, with a problem told, when it is of no provider of the pool. */
function readMapping({ key, mapping, pool, draft, tell }: Mapping): RoleMapping | undefined {
  const named = mapping.IdentityProvider ?? key;
  const byArn = draft.identityProviders.find(({ arn }) => arn === named)?.name;
  // A user pool's name has no colon; its app stands behind one.
  const [, poolName = byArn ?? named, clientId] = /^(cognito-idp\.[^:]+):(\w+)$/.exec(named) ?? [];
  if (!pool.providers?.some(({ name }) => name === poolName)) {
    tell([], `'${named}' is no provider of the pool`);
    return undefined;
  }
  const rules = mapping.RulesConfiguration?.Rules;
  if (mapping.Type === "Rules" && !rules) tell([], "there are no rules");
  for (const [index, { RoleARN: arn }] of (rules ?? []).entries()) {
    const problem = problemOfRole(arn, draft);
    if (problem) tell(["RulesConfiguration", "Rules", index, "RoleARN"], problem);
  }
  return {
    provider: poolName,
    ...(clientId !== undefined && { clientId }),
    ...(mapping.Type === "Rules" && {
      rules: (rules ?? []).map(({ Claim: claim, MatchType: match, Value: value, RoleARN }) => {
        return { claim, match, value, roleArn: RoleARN };
      }),
    }),
    deniesUndecided: mapping.AmbiguousRoleResolution === "Deny",
  };
}

/** What keeps anybody from taking the role. */
function problemOfRole(arn: string, { roles }: Draft): string | undefined {
  const isHere = roles.some((role) => role.arn === arn);
  return isHere ? undefined : `'${arn}' is no role of this template`;
}
