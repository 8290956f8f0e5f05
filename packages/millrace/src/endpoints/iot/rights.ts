/**
 * What each operation of AWS IoT's control plane needs leave for. [Service Authorization Reference:
 * AWS IoT] Who hands a role over to a rule needs `iam:PassRole` for it, too.
 */

import type { AccountFacts, Need } from "../../identity/mod.ts";
import { rolesOf } from "../../rules/mod.ts";
import { arnOf, listOf, type Members, passRole, textOf, unknownRight } from "../rights.ts";

export interface Asked {
  readonly operation: string;
  /** The variable part of the path, decoded. */
  readonly label: string;
  readonly query: URLSearchParams;
  readonly headers: Headers;
  /** Empty where there is none, or one that is no object. */
  readonly body: Members;
}

type Right = (asked: Asked, account: AccountFacts) => string | readonly string[];

const everything: Right = () => "*";

/** What the path names, e.g. `rule/<name>`. */
const named =
  (kind: string): Right =>
  ({ label }, account) =>
    arnOf(account, "iot", `${kind}/${label}`);

/** A certificate or a group of things, by its ARN; an identity of a pool is no resource. */
function target(text: string): string {
  return text.startsWith("arn:") ? text : "*";
}

const targetOfBody: Right = ({ body }) => target(textOf(body.target));

/** The principal in a header. */
const principal =
  (header: string): Right =>
  ({ headers }) =>
    target(headers.get(header) ?? "");

/** A thing and a group, each by its name or its ARN. */
const thingAndGroup: Right = ({ body }, account) => {
  const arn = (kind: string, name: unknown) => arnOf(account, "iot", `${kind}/${textOf(name)}`);
  return [
    textOf(body.thingGroupArn) || arn("thinggroup", body.thingGroupName),
    textOf(body.thingArn) || arn("thing", body.thingName),
  ];
};

/** Its ARN is the path's end itself. */
const destination: Right = ({ label }) => label;

const rights: Readonly<Record<string, Right>> = {
  AddThingToThingGroup: thingAndGroup,
  AttachPolicy: targetOfBody,
  AttachPrincipalPolicy: principal("x-amzn-iot-principal"),
  AttachThingPrincipal: principal("x-amzn-principal"),
  CreateCertificateFromCsr: everything,
  CreateKeysAndCertificate: everything,
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
  DeleteCACertificate: named("cacert"),
  DeleteAuthorizer: named("authorizer"),
  DeleteCertificate: named("cert"),
  DeletePolicy: named("policy"),
  DeletePolicyVersion: named("policy"),
  DeleteRegistrationCode: everything,
  DeleteThing: named("thing"),
  DeleteThingGroup: named("thinggroup"),
  DeleteThingType: named("thingtype"),
  DeleteTopicRule: named("rule"),
  DeleteTopicRuleDestination: destination,
  DeprecateThingType: named("thingtype"),
  DescribeCACertificate: named("cacert"),
  DescribeAuthorizer: named("authorizer"),
  DescribeCertificate: named("cert"),
  DescribeDefaultAuthorizer: everything,
  DescribeEndpoint: everything,
  DescribeThing: named("thing"),
  DescribeThingGroup: named("thinggroup"),
  DescribeThingType: named("thingtype"),
  DetachPolicy: targetOfBody,
  DetachPrincipalPolicy: principal("x-amzn-iot-principal"),
  DetachThingPrincipal: principal("x-amzn-principal"),
  DisableTopicRule: named("rule"),
  EnableTopicRule: named("rule"),
  GetEffectivePolicies: ({ body }) => target(textOf(body.principal)),
  GetPolicy: named("policy"),
  GetPolicyVersion: named("policy"),
  GetRegistrationCode: everything,
  GetTopicRule: named("rule"),
  GetTopicRuleDestination: destination,
  ListAttachedPolicies: ({ label }) => target(label),
  ListCACertificates: everything,
  ListCertificates: everything,
  ListCertificatesByCA: everything,
  ListPolicies: everything,
  ListPolicyPrincipals: ({ headers }, account) =>
    arnOf(account, "iot", `policy/${headers.get("x-amzn-iot-policy") ?? ""}`),
  ListPolicyVersions: named("policy"),
  ListPrincipalPolicies: principal("x-amzn-iot-principal"),
  ListPrincipalThings: principal("x-amzn-principal"),
  ListPrincipalThingsV2: ({ query, headers }) =>
    target(query.get("principal") ?? headers.get("x-amzn-principal") ?? ""),
  ListAuthorizers: everything,
  ListTagsForResource: ({ query }) => query.get("resourceArn") ?? "",
  ListTargetsForPolicy: named("policy"),
  ListThingGroups: everything,
  ListThingGroupsForThing: named("thing"),
  ListThingPrincipals: named("thing"),
  ListThingPrincipalsV2: named("thing"),
  ListThings: everything,
  ListThingsInThingGroup: named("thinggroup"),
  ListThingTypes: everything,
  ListTopicRuleDestinations: everything,
  ListTopicRules: everything,
  RegisterCACertificate: everything,
  RegisterCertificate: everything,
  RegisterCertificateWithoutCA: everything,
  RemoveThingFromThingGroup: thingAndGroup,
  ReplaceTopicRule: named("rule"),
  SetDefaultAuthorizer: ({ body }, account) =>
    arnOf(account, "iot", `authorizer/${textOf(body.authorizerName)}`),
  SetDefaultPolicyVersion: named("policy"),
  TestAuthorization: ({ body }) => target(textOf(body.principal)),
  TagResource: ({ body }) => textOf(body.resourceArn),
  TestInvokeAuthorizer: named("authorizer"),
  UntagResource: ({ body }) => textOf(body.resourceArn),
  UpdateCACertificate: named("cacert"),
  UpdateAuthorizer: named("authorizer"),
  UpdateCertificate: named("cert"),
  UpdateThing: named("thing"),
  UpdateThingGroup: named("thinggroup"),
  UpdateThingGroupsForThing: ({ body }, account) => {
    const groups = [...listOf(body.thingGroupsToAdd), ...listOf(body.thingGroupsToRemove)];
    return [
      arnOf(account, "iot", `thing/${textOf(body.thingName)}`),
      ...groups.map((group) => arnOf(account, "iot", `thinggroup/${textOf(group)}`)),
    ];
  },
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
  const roles = operation.endsWith("TopicRule") ? rolesOf(asked.body) : [];
  const resources = [right(asked, account)].flat();
  return [
    ...resources.map((resource) => ({ action: `iot:${operation}`, resource })),
    ...roles.map((role) => passRole(role, "iot.amazonaws.com")),
  ];
}
