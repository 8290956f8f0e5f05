import { afterAll, describe, expect, test } from "bun:test";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { stackNameOf } from "../surroundings.ts";
import { applicationOf, problemsOf } from "./plain-fixture.ts";

/** What the CDK writes into each of its templates. */
const sections = `Parameters:
  BootstrapVersion:
    Type: AWS::SSM::Parameter::Value<String>
    Default: /cdk-bootstrap/hnb659fds/version
    Description: Version of the CDK Bootstrap resources. [cdk:skip]
Rules:
  CheckBootstrapVersion:
    Assertions:
      - Assert: { Fn::Not: [{ Fn::Contains: [["1", "2"], { Ref: BootstrapVersion }] }] }
        AssertDescription: Please run 'cdk bootstrap'.
Conditions:
  CDKMetadataAvailable:
    Fn::Or:
      - Fn::Or:
          - Fn::Equals: [{ Ref: AWS::Region }, a]
          - Fn::Equals: [{ Ref: AWS::Region }, b]
      - Fn::Equals: [{ Ref: AWS::Region }, eu-central-1]`;
const metadata = `  CDKMetadata:
    Type: AWS::CDK::Metadata
    Properties: { Analytics: "v2:deflate64:H4sI" }
    Metadata: { aws:cdk:path: Stack/CDKMetadata/Default }
    Condition: CDKMetadataAvailable
`;
const bucket = "  Files: { Type: AWS::S3::Bucket }\n";

describe("what the CDK writes into each of its templates", () => {
  test("is not in the way, and named as doing nothing", () => {
    const { notes } = applicationOf(`${bucket}${metadata}`, sections);
    expect(notes).toEqual([
      "Without effect here: the rule CheckBootstrapVersion, the parameter BootstrapVersion " +
        "(there is no Parameter Store), AWS::CDK::Metadata",
    ]);
  });

  test("is not named where it is not there", () => {
    expect(applicationOf(bucket).notes).toEqual([]);
  });
});

test.each([
  ["the outputs", "Outputs: { Version: { Value: !Ref BootstrapVersion } }\n"],
  [
    "a resource",
    "  Other: { Type: AWS::S3::Bucket, Properties: { BucketName: !Ref BootstrapVersion } }\n",
  ],
])("a value that is in the Parameter Store cannot be referred to in %s", (_, more) => {
  expect(problemsOf(`${bucket}${more}`, sections)).toEqual([
    "the value of 'BootstrapVersion' is in the Parameter Store, which is not there: make it a " +
      "parameter of type String",
  ]);
});

test("nor in a condition", () => {
  const asked = sections.replace("{ Ref: AWS::Region }, a]", "{ Ref: BootstrapVersion }, a]");
  expect(problemsOf(bucket, asked).join()).toContain("is in the Parameter Store");
});

test("tags that the CDK writes to whatever can have them do nothing where there are none", () => {
  const tags = "Tags: [{ Key: team, Value: blue }]";
  const { notes } = applicationOf(`
  Files: { Type: AWS::S3::Bucket, Properties: { ${tags} }, Metadata: { aws:cdk:path: a } }
  Pool:
    Type: AWS::Cognito::IdentityPool
    Properties: { AllowUnauthenticatedIdentities: true, IdentityPool${tags} }
  Guest:
    Type: AWS::IoT::Policy
    Properties:
      ${tags}
      PolicyDocument: { Version: "2012-10-17", Statement: [] }
  Lines:
    Type: AWS::IoT::TopicRule
    Properties:
      ${tags}
      TopicRulePayload:
        Sql: SELECT * FROM 'lines'
        Actions: [{ Republish: { Topic: a, RoleArn: "arn:aws:iam::111122223333:role/r" } }]
  Site:
    Type: AWS::CloudFront::Distribution
    Properties:
      ${tags}
      DistributionConfig:
        Enabled: true
        IPV6Enabled: true
        Origins: [{ Id: files, DomainName: !GetAtt Files.RegionalDomainName, S3OriginConfig: {} }]
        DefaultCacheBehavior:
          TargetOriginId: files
          ViewerProtocolPolicy: redirect-to-https
          CachePolicyId: 4135ea2d-6df8-44a3-9df3-4b5a84be39ad
`);
  for (const type of [
    "AWS::S3::Bucket",
    "AWS::Cognito::IdentityPool",
    "AWS::IoT::Policy",
    "AWS::IoT::TopicRule",
    "AWS::CloudFront::Distribution",
  ]) {
    expect(notes.join()).toContain(`Tags of ${type}`);
  }
});

const root = mkdtempSync(join(tmpdir(), "millrace-stack-name-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** The name of `Lines.template.json` in a folder with these files. */
function nameAmong(files: Record<string, string>): string {
  const folder = mkdtempSync(join(root, "cdk.out-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return stackNameOf(join(folder, "Lines.template.json"));
}

const naming = (properties: object) =>
  JSON.stringify({ version: "38.0.1", artifacts: { Lines: { properties } } });

test.each([
  [{ stackName: "Prod-Lines" }, "Prod-Lines"],
  [{ templateFile: "Lines.template.json" }, "Lines"],
])("a stack of the CDK with %j is named %s", (properties, name) => {
  const files = { "Lines.assets.json": "{}", "manifest.json": naming(properties) };
  expect(nameAmong(files)).toBe(name);
});

test("a stack of the CDK without its assembly is named by its id", () => {
  expect(nameAmong({ "Lines.assets.json": "{}" })).toBe("Lines");
  expect(nameAmong({ "Lines.assets.json": "{}", "manifest.json": "no JSON" })).toBe("Lines");
});

test("any other stack is named after its folder", () => {
  expect(nameAmong({ "manifest.json": naming({ stackName: "Other" }) })).toStartWith("cdk-out-");
});
