import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  CreateTableCommand,
  DeleteResourcePolicyCommand,
  DescribeTableCommand,
  DynamoDBClient,
  GetItemCommand,
  GetResourcePolicyCommand,
  PolicyNotFoundException,
  PutItemCommand,
  PutResourcePolicyCommand,
} from "@aws-sdk/client-dynamodb";
import { ManualClock } from "../../base/mod.ts";
import { openDoor } from "../door-fixture.ts";

let door: Awaited<ReturnType<typeof openDoor>>;
let owner: DynamoDBClient;
let clerk: DynamoDBClient;
const account = { region: "eu-central-1", accountId: "111122223333" };
const TableName = "shared";
const ResourceArn = "arn:aws:dynamodb:eu-central-1:111122223333:table/shared";

beforeAll(async () => {
  // SDKs sign with the machine's time.
  door = await openDoor({}, undefined, new ManualClock(Date.now()), { account });
  const options = { endpoint: door.url, region: "eu-central-1", maxAttempts: 1 };
  owner = new DynamoDBClient({
    ...options,
    credentials: { accessKeyId: "test", secretAccessKey: "test" },
  });
  const grant = { roleName: "Clerk", sessionName: "desk-1", keys: {} };
  clerk = new DynamoDBClient({
    ...options,
    credentials: door.identities.sessions.issue(grant, 900),
  });
  await owner.send(
    new CreateTableCommand({
      TableName,
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      BillingMode: "PAY_PER_REQUEST",
      StreamSpecification: { StreamEnabled: true, StreamViewType: "KEYS_ONLY" },
    }),
  );
});

afterAll(() => {
  owner.destroy();
  clerk.destroy();
  door.close();
});

const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown: Error) => thrown,
  );
const Key = { pk: { S: "a" } };
const policyOf = (Action: string, Effect = "Allow", Resource = ResourceArn) =>
  JSON.stringify({
    Version: "2012-10-17",
    Statement: [
      { Effect, Action, Resource, Principal: { AWS: "arn:aws:iam::111122223333:role/Clerk" } },
    ],
  });
const put = (Policy: string, more = {}) =>
  owner.send(new PutResourcePolicyCommand({ ResourceArn, Policy, ...more }));
const get = (arn = ResourceArn) => owner.send(new GetResourcePolicyCommand({ ResourceArn: arn }));

test("a table's policy lets in whom it names, and what it denies stays denied", async () => {
  const read = () => clerk.send(new GetItemCommand({ TableName, Key }));
  const write = () => clerk.send(new PutItemCommand({ TableName, Item: Key }));
  expect((await refusal(read()))?.name).toBe("AccessDeniedException");
  await put(policyOf("dynamodb:GetItem"));
  expect(await refusal(read())).toBeUndefined();
  expect((await refusal(write()))?.name).toBe("AccessDeniedException");
  await put(policyOf("dynamodb:GetItem", "Deny"));
  expect((await refusal(read()))?.name).toBe("AccessDeniedException");
  await owner.send(new DeleteResourcePolicyCommand({ ResourceArn }));
  expect((await refusal(read()))?.name).toBe("AccessDeniedException");
});

test("a policy is told with its revision and changed only from the one that is expected", async () => {
  const none = await refusal(get());
  expect(none).toBeInstanceOf(PolicyNotFoundException);
  const document = policyOf("dynamodb:Query");
  const first = await put(document, { ExpectedRevisionId: "NO_POLICY" });
  expect(await put(document)).toMatchObject({ RevisionId: first.RevisionId });
  expect(await get()).toMatchObject({ Policy: document, RevisionId: first.RevisionId });
  const again = await refusal(put(document, { ExpectedRevisionId: "NO_POLICY" }));
  expect(again).toBeInstanceOf(PolicyNotFoundException);
  const second = await put(policyOf("dynamodb:Scan"), { ExpectedRevisionId: first.RevisionId });
  expect(second.RevisionId).not.toBe(first.RevisionId);
  const stale = { ResourceArn, ExpectedRevisionId: first.RevisionId };
  const refused = await refusal(owner.send(new DeleteResourcePolicyCommand(stale)));
  expect(refused).toBeInstanceOf(PolicyNotFoundException);
  const removed = await owner.send(new DeleteResourcePolicyCommand({ ResourceArn }));
  expect(removed.RevisionId).toBe(second.RevisionId);
  const nothing = await owner.send(new DeleteResourcePolicyCommand({ ResourceArn }));
  expect(nothing.RevisionId).toBeUndefined();
});

test("a stream has a policy of its own", async () => {
  const { Table } = await owner.send(new DescribeTableCommand({ TableName }));
  const stream = Table!.LatestStreamArn!;
  const Policy = policyOf("dynamodb:DescribeStream", "Allow", stream);
  await owner.send(new PutResourcePolicyCommand({ ResourceArn: stream, Policy }));
  expect((await get(stream)).Policy).toBe(Policy);
  expect(await refusal(get())).toBeInstanceOf(PolicyNotFoundException);
  expect(door.tables.resourcePolicyOf(stream)?.document).toBe(Policy);
});

test.each([
  ["{", "Invalid policy document: "],
  [JSON.stringify({ Version: "2012-10-17", Statement: [{ Effect: "Allow" }] }), "/Statement/0"],
  [" ".repeat(20_481), "larger than 20 KB"],
])("what is no policy is refused: %j", async (Policy, message) => {
  const refused = await refusal(put(Policy));
  expect(refused?.name).toBe("ValidationException");
  expect(refused?.message).toContain(message);
});

test("a policy that asks for what no request here has is refused by its name", async () => {
  const { Statement, ...policy } = JSON.parse(policyOf("dynamodb:GetItem", "Deny"));
  const Condition = { StringEquals: { "aws:PrincipalOrgID": "o-1" } };
  const Policy = JSON.stringify({ ...policy, Statement: [{ ...Statement[0], Condition }] });
  expect(await refusal(put(Policy))).toMatchObject({
    name: "ValidationException",
    message: expect.stringContaining(
      "the condition key 'aws:PrincipalOrgID' is not implemented at /Statement/0",
    ),
  });
});

test("a policy needs a table or stream that is there", async () => {
  const gone = await refusal(get(`${ResourceArn}2`));
  expect(gone?.name).toBe("ResourceNotFoundException");
  expect((await refusal(get(`${ResourceArn}/index/x`)))?.name).toBe("ResourceNotFoundException");
  expect((await refusal(get("arn:aws:sqs:eu-central-1:0:q")))?.name).toBe("ValidationException");
});
