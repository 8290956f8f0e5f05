/**
 * What each operation of AWS IoT's control plane needs leave for. [Service Authorization Reference:
 * AWS IoT] Who hands a role over to a rule needs `iam:PassRole` for it, too.
 */

import type { AccountFacts, Need } from "../../identity/mod.ts";
import { arnOf, type Members, membersOf, textOf, unknownRight } from "../rights.ts";

export interface Asked {
  readonly operation: string;
  /** The variable part of the path, decoded. */
  readonly label: string;
  readonly query: URLSearchParams;
  /** Empty where there is none, or one that is no object. */
  readonly body: Members;
}

type Right = (asked: Asked, account: AccountFacts) => string;

const everything: Right = () => "*";

/** What the path names, e.g. `rule/<name>`. */
const named =
  (kind: string): Right =>
  ({ label }, account) =>
    arnOf(account, "iot", `${kind}/${label}`);

/** Its ARN is the path's end itself. */
const destination: Right = ({ label }) => label;

const rights: Readonly<Record<string, Right>> = {
  ClearDefaultAuthorizer: everything,
  CreateAuthorizer: named("authorizer"),
  CreatePolicy: named("policy"),
  CreatePolicyVersion: named("policy"),
  CreateThing: named("thing"),
  CreateThingGroup: named("thinggroup"),
  CreateThingType: named("thingtype"),
  CreateTopicRule: named("rule"),
  // It has no name yet.
  CreateTopicRuleDestination: (_, account) => arnOf(account, "iot", "ruledestination/*"),
  DeleteAuthorizer: named("authorizer"),
  DeleteCertificate: named("cert"),
  DeletePolicy: named("policy"),
  DeletePolicyVersion: named("policy"),
  DeleteThing: named("thing"),
  DeleteThingGroup: named("thinggroup"),
  DeleteThingType: named("thingtype"),
  DeleteTopicRule: named("rule"),
  DeleteTopicRuleDestination: destination,
  DescribeAuthorizer: named("authorizer"),
  DescribeCertificate: named("cert"),
  DescribeDefaultAuthorizer: everything,
  DescribeEndpoint: everything,
  DescribeThing: named("thing"),
  DescribeThingGroup: named("thinggroup"),
  DescribeThingType: named("thingtype"),
  DisableTopicRule: named("rule"),
  EnableTopicRule: named("rule"),
  GetPolicy: named("policy"),
  GetPolicyVersion: named("policy"),
  GetTopicRule: named("rule"),
  GetTopicRuleDestination: destination,
  ListAuthorizers: everything,
  ListTagsForResource: ({ query }) => query.get("resourceArn") ?? "",
  ListThingPrincipals: named("thing"),
  ListTopicRuleDestinations: everything,
  ListTopicRules: everything,
  ReplaceTopicRule: named("rule"),
  SetDefaultAuthorizer: ({ body }, account) =>
    arnOf(account, "iot", `authorizer/${textOf(body.authorizerName)}`),
  SetDefaultPolicyVersion: named("policy"),
  TagResource: ({ body }) => textOf(body.resourceArn),
  TestInvokeAuthorizer: named("authorizer"),
  UntagResource: ({ body }) => textOf(body.resourceArn),
  UpdateAuthorizer: named("authorizer"),
  UpdateCertificate: named("cert"),
  UpdateThing: named("thing"),
  UpdateThingGroup: named("thinggroup"),
  UpdateTopicRuleDestination: ({ body }) => textOf(body.arn),
};

/** Whether the operation has an entry. */
export function hasRight(operation: string): boolean {
  return Object.hasOwn(rights, operation);
}

/** What the caller of the operation must be allowed to. */
export function needsOf(asked: Asked, account: AccountFacts): readonly Need[] {
  const { operation } = asked;
  const right = hasRight(operation) ? rights[operation] : undefined;
  if (!right) return unknownRight("iot", operation);
  const roles = operation.endsWith("TopicRule") ? rolesIn(asked.body) : [];
  return [
    { action: `iot:${operation}`, resource: right(asked, account) },
    ...roles.map((role) => passRole(role, "iot.amazonaws.com")),
  ];
}

/** Leave to give a role to a service. */
export function passRole(roleArn: string, service: string): Need {
  const keys = () => ({ "iam:PassedToService": service });
  return { action: "iam:PassRole", resource: roleArn, keys };
}

/** Every role that stands anywhere in a definition. */
function rolesIn(value: unknown): string[] {
  const members = Object.entries(membersOf(value));
  const found = members.flatMap(([name, one]) =>
    name === "roleArn" && typeof one === "string" ? [one] : rolesIn(one),
  );
  return [...new Set(found)];
}
