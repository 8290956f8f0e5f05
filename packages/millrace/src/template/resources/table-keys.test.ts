import { expect, test } from "bun:test";
import { readTemplate } from "../mod.ts";

const names = ["id", "cup", "area", "heat", "bracket"];

/** A table whose one global index has this key, a line for each attribute. */
function read(keySchema: readonly (readonly [name: string, kind: string])[]) {
  const definitions = names.map((name) => `{ AttributeName: ${name}, AttributeType: S }`);
  const keys = keySchema.map(([name, kind]) => {
    return `            - { AttributeName: ${name}, KeyType: ${kind} }`;
  });
  const text = `Resources:
  Matches:
    Type: AWS::DynamoDB::Table
    Properties:
      BillingMode: PAY_PER_REQUEST
      AttributeDefinitions: [${definitions.join(", ")}]
      KeySchema: [{ AttributeName: id, KeyType: HASH }]
      GlobalSecondaryIndexes:
        - IndexName: rest
          KeySchema: [{ AttributeName: id, KeyType: HASH }]
          Projection: { ProjectionType: ALL }
        - IndexName: several
          Projection: { ProjectionType: ALL }
          KeySchema:
${keys.join("\n")}
`;
  return readTemplate(text, {
    path: "template.yaml",
    region: "eu-central-1",
    accountId: "111122223333",
    stackName: "test",
    parameters: {},
  });
}

const type = "S" as const;

test("each key of a global index can be made of several attributes", () => {
  const found = read([
    ["cup", "HASH"],
    ["area", "HASH"],
    ["heat", "RANGE"],
    ["bracket", "RANGE"],
  ]);
  if (!found.ok) throw new Error(JSON.stringify(found.problems));
  const [, several] = found.application.tables[0]!.indexes!;
  expect(several).toEqual({
    name: "several",
    scope: "global",
    partitionKey: { name: "cup", type },
    sortKey: { name: "heat", type },
    furtherKeys: { partition: [{ name: "area", type }], sort: [{ name: "bracket", type }] },
    projection: { type: "ALL" },
  });
});

test.each([
  [
    [
      ["cup", "HASH"],
      ["area", "RANGE"],
      ["heat", "HASH"],
      ["bracket", "RANGE"],
    ],
    [
      [16, "the key type here must be 'HASH'"],
      [17, "the key type here must be 'RANGE'"],
    ],
  ],
  [
    [
      ["cup", "HASH"],
      ["area", "HASH"],
      ["heat", "RANGE"],
      ["bracket", "RANGE"],
      ["cup", "RANGE"],
    ],
    [[19, "'cup' stands in the key twice"]],
  ],
  [names.map((name) => [name, "HASH"] as const), [[14, "each key has at most 4 attributes"]]],
] as const)("the key %j is refused at its place", (keySchema, problems) => {
  const found = read(keySchema);
  const told = found.ok ? [] : found.problems.map(({ line, message }) => [line, message]);
  expect(told).toEqual(problems as never);
});
