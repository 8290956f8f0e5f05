import { expect, test } from "bun:test";
import { readTemplate } from "../mod.ts";

function read(properties: string) {
  const text = `
Resources:
  Lines:
    Type: AWS::DynamoDB::GlobalTable
    Properties:
      AttributeDefinitions: [{ AttributeName: room, AttributeType: S }]
      KeySchema: [{ AttributeName: room, KeyType: HASH }]
${properties.replace(/^/gm, "      ")}
Outputs:
  Arn: { Value: !GetAtt Lines.Arn }
`;
  return readTemplate(text, {
    path: "template.yaml",
    region: "eu-central-1",
    accountId: "111122223333",
    stackName: "test",
    parameters: {},
  });
}

const onDemand = "BillingMode: PAY_PER_REQUEST";
const alone = "Replicas: [{ Region: eu-central-1 }]";

test("a global table with one replica here is a table with what both say", () => {
  const found = read(`${onDemand}
TimeToLiveSpecification: { AttributeName: until, Enabled: true }
StreamSpecification: { StreamViewType: NEW_IMAGE }
WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 7 }
GlobalSecondaryIndexes:
  - IndexName: all
    KeySchema: [{ AttributeName: room, KeyType: HASH }]
    Projection: { ProjectionType: KEYS_ONLY }
    WriteOnDemandThroughputSettings: { MaxWriteRequestUnits: 5 }
Replicas:
  - Region: eu-central-1
    DeletionProtectionEnabled: true
    ContributorInsightsSpecification: { Enabled: true, Mode: THROTTLED_KEYS }
    PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true }
    ReadOnDemandThroughputSettings: { MaxReadRequestUnits: 9 }
    TableClass: STANDARD_INFREQUENT_ACCESS
    Tags: [{ Key: a, Value: b }]`);
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  expect(found.application.tables).toEqual([
    {
      name: "test-Lines",
      partitionKey: { name: "room", type: "S" },
      ttlAttribute: "until",
      indexes: [
        {
          name: "all",
          scope: "global",
          partitionKey: { name: "room", type: "S" },
          projection: { type: "KEYS_ONLY" },
          onDemandMax: { writeUnits: 5 },
        },
      ],
      streamView: "NEW_IMAGE",
      onDemandMax: { readUnits: 9, writeUnits: 7 },
      tags: { a: "b" },
      tableClass: "STANDARD_INFREQUENT_ACCESS",
      deletionProtected: true,
      recoveryDays: 35,
      insights: { "": "THROTTLED_KEYS" },
    },
  ]);
});

test.each([
  [
    "a second replica",
    `${onDemand}\nReplicas: [{ Region: eu-central-1 }, { Region: eu-west-1 }]`,
    "more than one replica of a global table is not implemented",
  ],
  [
    "a replica elsewhere",
    `${onDemand}\nReplicas: [{ Region: eu-west-1 }]`,
    "the one replica must be in the application's region, 'eu-central-1'",
  ],
  ["no billing on demand", alone, "auto scaling settings, which are not implemented"],
  [
    "units",
    `${onDemand}\n${alone}\nWriteProvisionedThroughputSettings: {}`,
    "WriteProvisionedThroughputSettings",
  ],
  [
    "what belongs to a replica and is not here",
    `${onDemand}\nReplicas: [{ Region: eu-central-1, KinesisStreamSpecification: {} }]`,
    "KinesisStreamSpecification",
  ],
])("%s is refused by name", (_, properties, message) => {
  const found = read(properties);
  expect(found.ok).toBe(false);
  const problems = found.ok ? [] : found.problems;
  expect(problems).toHaveLength(1);
  expect(problems[0]!.message).toContain(message);
});
