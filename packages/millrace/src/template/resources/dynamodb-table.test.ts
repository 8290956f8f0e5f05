import { expect, test } from "bun:test";
import { readTemplate } from "../mod.ts";

const template = `Resources:
  Lines:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [{ AttributeName: room, AttributeType: S }]
      KeySchema: [{ AttributeName: room, KeyType: HASH }]
      ContributorInsightsSpecification: { Enabled: true }
      GlobalSecondaryIndexes:
        - IndexName: told
          KeySchema: [{ AttributeName: room, KeyType: HASH }]
          Projection: { ProjectionType: ALL }
          ContributorInsightsSpecification: { Enabled: true, Mode: THROTTLED_KEYS }
        - IndexName: silent
          KeySchema: [{ AttributeName: room, KeyType: HASH }]
          Projection: { ProjectionType: ALL }
          ContributorInsightsSpecification: { Enabled: false }
`;

test("contributor insights are of the table and of each global index", () => {
  const found = readTemplate(template, {
    path: "template.yaml",
    region: "eu-central-1",
    accountId: "111122223333",
    stackName: "test",
    parameters: {},
  });
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  expect(found.application.tables[0]?.insights).toEqual({
    "": "ACCESSED_AND_THROTTLED_KEYS",
    told: "THROTTLED_KEYS",
  });
});
