import { expect, test } from "bun:test";
import { readTemplate } from "./mod.ts";

function applicationOf(text: string) {
  const result = readTemplate(text, {
    path: "template.yaml",
    region: "eu-central-1",
    accountId: "111122223333",
    stackName: "test",
    parameters: {},
  });
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.application;
}

const template = `
Resources:
  Lines:
    Type: AWS::DynamoDB::Table
    Properties:
      AttributeDefinitions: [{ AttributeName: room, AttributeType: S }]
      KeySchema: [{ AttributeName: room, KeyType: HASH }]
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 1 }
  Writes:
    Type: AWS::ApplicationAutoScaling::ScalableTarget
    Properties:
      ServiceNamespace: dynamodb
      ResourceId: !Sub table/\${Lines}
      ScalableDimension: dynamodb:table:WriteCapacityUnits
      MinCapacity: 1
      MaxCapacity: 20
      RoleARN: arn:aws:iam::111122223333:role/scaling
  Tracking:
    Type: AWS::ApplicationAutoScaling::ScalingPolicy
    Properties:
      PolicyName: tracking
      PolicyType: TargetTrackingScaling
      ScalingTargetId: !Ref Writes
      TargetTrackingScalingPolicyConfiguration:
        TargetValue: 70.0
        ScaleInCooldown: 60
        PredefinedMetricSpecification:
          PredefinedMetricType: DynamoDBWriteCapacityUtilization
`;

test("targets and policies of a template name the table that they scale", () => {
  const { scalableTargets, scalingPolicies } = applicationOf(template);
  const name = { resourceId: "table/test-Lines", dimension: "dynamodb:table:WriteCapacityUnits" };
  expect(scalableTargets).toEqual([
    {
      ...name,
      name: "test-Writes",
      min: 1,
      max: 20,
      roleArn: "arn:aws:iam::111122223333:role/scaling",
      suspended: { in: false, out: false, scheduled: false },
    } as never,
  ]);
  expect(scalingPolicies).toEqual([
    {
      ...name,
      name: "tracking",
      tracking: {
        targetValue: 70,
        scaleOutCooldownSeconds: 0,
        scaleInCooldownSeconds: 60,
        scaleInDisabled: false,
      },
    } as never,
  ]);
});

test("a table on demand has its bounds, and so have its indexes", () => {
  const { tables, notes } = applicationOf(`
Resources:
  Lines:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      OnDemandThroughput: { MaxReadRequestUnits: 7 }
      SSESpecification: { SSEEnabled: true, SSEType: KMS }
      AttributeDefinitions:
        - { AttributeName: room, AttributeType: S }
        - { AttributeName: from, AttributeType: S }
      KeySchema: [{ AttributeName: room, KeyType: HASH }]
      GlobalSecondaryIndexes:
        - IndexName: byFrom
          KeySchema: [{ AttributeName: from, KeyType: HASH }]
          Projection: { ProjectionType: ALL }
          OnDemandThroughput: { MaxWriteRequestUnits: 8 }
`);
  expect(tables).toMatchObject([
    { onDemandMax: { readUnits: 7 }, indexes: [{ onDemandMax: { writeUnits: 8 } }] },
  ]);
  expect(notes).toEqual([expect.stringContaining("SSESpecification")]);
});
