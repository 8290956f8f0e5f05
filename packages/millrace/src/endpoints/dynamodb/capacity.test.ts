import { afterAll, beforeAll, expect, test } from "bun:test";
import {
  CreateTableCommand,
  DynamoDBClient,
  ProvisionedThroughputExceededException,
  PutItemCommand,
  ThrottlingException,
} from "@aws-sdk/client-dynamodb";
import { ManualClock } from "../../base/mod.ts";
import { clientOptions, openDoor } from "../door-fixture.ts";

const clock = new ManualClock();
let door: Awaited<ReturnType<typeof openDoor>>;
let client: DynamoDBClient;

beforeAll(async () => {
  door = await openDoor({}, undefined, clock, { enforceCapacity: true });
  client = new DynamoDBClient({ ...clientOptions(door.url), maxAttempts: 1 });
  await client.send(
    new CreateTableCommand({
      TableName: "held",
      AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
      KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
      ProvisionedThroughput: { ReadCapacityUnits: 1, WriteCapacityUnits: 3 },
    }),
  );
});

afterAll(() => {
  client.destroy();
  door.close();
});

/** Puts a unit's worth into the table until it is refused. */
async function refusalOf(TableName: string, bytes: number): Promise<unknown> {
  const Item = { pk: { S: "hot" }, v: { S: "x".repeat(bytes) } };
  for (let count = 0; count < 100; count += 1) {
    try {
      await client.send(new PutItemCommand({ TableName, Item }));
    } catch (thrown) {
      return thrown;
    }
  }
  return undefined;
}

test("the SDK meets the exceptions as the service has them, with their reasons", async () => {
  const provisioned = await refusalOf("held", 1);
  expect(provisioned).toBeInstanceOf(ProvisionedThroughputExceededException);
  const arn = "arn:aws:dynamodb:eu-central-1:000000000000:table";
  expect((provisioned as ProvisionedThroughputExceededException).ThrottlingReasons).toEqual([
    { reason: "TableWriteProvisionedThroughputExceeded", resource: `${arn}/held` },
  ]);
  const throttled = await refusalOf("plain", 300_000);
  expect(throttled).toBeInstanceOf(ThrottlingException);
  expect((throttled as ThrottlingException).throttlingReasons).toEqual([
    { reason: "TableWriteKeyRangeThroughputExceeded", resource: `${arn}/plain` },
  ]);
});

test("the own page names hot partitions and their keys, of the last whole minute", async () => {
  clock.advance(60_000);
  const answer = await fetch(`${door.url}/_millrace/capacity`);
  expect(await answer.json()).toMatchObject([
    {
      table: "held",
      direction: "Write",
      enforced: true,
      unitsPerSecondMax: 3,
      partitionCount: 1,
      unitsTotal: 3,
      exceeded: { ProvisionedThroughputExceeded: 1 },
      lastMinute: {
        unitsPerSecond: 3 / 60,
        partitions: [{ partition: 0, unitsPerSecond: 3 / 60, share: 1 }],
        keys: [{ key: "hot", unitsPerSecond: 3 / 60, share: 1 }],
      },
    },
    { table: "plain", partitionCount: 4, exceeded: { KeyRangeThroughputExceeded: 1 } },
  ]);
});
