/** Roles and pools of identities as a template would define them. */

import type { IdentityPoolDefinition, RoleDefinition } from "../identity/mod.ts";
import { type PolicyUse, parsePolicyDocument } from "../policy/mod.ts";

const region = "eu-central-1";
const accountId = "111122223333";

export const poolIds = {
  guests: `${region}:11111111-1111-4111-8111-111111111111`,
  members: `${region}:22222222-2222-4222-8222-222222222222`,
  roleless: `${region}:33333333-3333-4333-8333-333333333333`,
} as const;

export function roleArn(name: string): string {
  return `arn:aws:iam::${accountId}:role/${name}`;
}

function document(statement: object | object[], use: PolicyUse) {
  const parsed = parsePolicyDocument({ Version: "2012-10-17", Statement: statement }, use);
  if (!parsed.ok) throw new Error(parsed.problems[0]?.message);
  return parsed.document;
}

function role(name: string, trust: object): RoleDefinition {
  const statement = { Effect: "Allow", Action: "iot:*", Resource: "*" };
  return {
    name,
    arn: roleArn(name),
    trust: document({ Effect: "Allow", ...trust }, "trust"),
    policies: [{ name: "all", document: document(statement, "identity") }],
  };
}

const dynamodb = `arn:aws:dynamodb:${region}:${accountId}:table`;
const iot = `arn:aws:iot:${region}:${accountId}`;

/** Items of its own partition; one topic, one rule, one function. */
const clerk: RoleDefinition = {
  name: "Clerk",
  arn: roleArn("Clerk"),
  policies: [
    {
      name: "little",
      document: document(
        [
          {
            Effect: "Allow",
            Action: ["GetItem", "PutItem", "Query", "BatchGetItem", "PartiQLSelect"].map(
              (name) => `dynamodb:${name}`,
            ),
            Resource: [`${dynamodb}/lines`, `${dynamodb}/lines/index/*`],
            Condition: { "ForAllValues:StringEquals": { "dynamodb:LeadingKeys": "desk-1" } },
          },
          { Effect: "Deny", Action: "dynamodb:*", Resource: `${dynamodb}/lines/index/secret` },
          { Effect: "Allow", Action: "iot:Publish", Resource: `${iot}:topic/desk/1` },
          { Effect: "Allow", Action: "iot:GetThingShadow", Resource: `${iot}:thing/lamp` },
          { Effect: "Allow", Action: "iot:CreateTopicRule", Resource: `${iot}:rule/clerks*` },
          {
            Effect: "Allow",
            Action: "iam:PassRole",
            Resource: roleArn("Clerk"),
            Condition: { StringEquals: { "iam:PassedToService": "iot.amazonaws.com" } },
          },
          {
            Effect: "Allow",
            Action: "lambda:InvokeFunction",
            Resource: `arn:aws:lambda:${region}:${accountId}:function:greet`,
          },
        ],
        "identity",
      ),
    },
  ],
};

/** Long sessions, and of what it may do one thing: take itself again. */
const relief: RoleDefinition = {
  ...role("Relief", {
    Principal: { AWS: [`arn:aws:iam::${accountId}:root`] },
    Action: "sts:AssumeRole",
  }),
  sessionSecondsMax: 7_200,
  policies: [
    {
      name: "again",
      document: document(
        { Effect: "Allow", Action: "sts:AssumeRole", Resource: roleArn("Relief") },
        "identity",
      ),
    },
  ],
};

const roles = [
  clerk,
  relief,
  role("Guest", {
    Principal: { Federated: "cognito-identity.amazonaws.com" },
    Action: "sts:AssumeRoleWithWebIdentity",
    Condition: { StringEquals: { "cognito-identity.amazonaws.com:aud": poolIds.guests } },
  }),
  role("Operator", {
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: "sts:AssumeRole",
    Condition: {
      StringEqualsIfExists: { "sts:ExternalId": "agreed" },
      StringNotEqualsIfExists: { "sts:RoleSessionName": "nobody" },
    },
  }),
  role("Nearby", {
    Principal: { AWS: `arn:aws:iam::${accountId}:root` },
    Action: "sts:AssumeRole",
    Condition: {
      IpAddress: { "aws:SourceIp": "127.0.0.0/8" },
      DateGreaterThan: { "aws:CurrentTime": "2020-01-01T00:00:00Z" },
    },
  }),
  role("Rules", { Principal: { Service: "iot.amazonaws.com" }, Action: "sts:AssumeRole" }),
];

const pools: readonly IdentityPoolDefinition[] = [
  { id: poolIds.guests, name: "guests", allowsGuests: true, guestRoleArn: roleArn("Guest") },
  { id: poolIds.members, name: "members", allowsGuests: false },
  { id: poolIds.roleless, name: "roleless", allowsGuests: true },
];

export const identityDefinitions = {
  account: { partition: "aws", region, accountId },
  roles,
  pools,
} as const;
