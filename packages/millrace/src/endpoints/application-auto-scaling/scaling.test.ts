import { afterEach, beforeEach, expect, test } from "bun:test";
import {
  ApplicationAutoScalingClient,
  DeleteScalingPolicyCommand,
  DeregisterScalableTargetCommand,
  DescribeScalableTargetsCommand,
  DescribeScalingActivitiesCommand,
  DescribeScalingPoliciesCommand,
  ObjectNotFoundException,
  PutScalingPolicyCommand,
  RegisterScalableTargetCommand,
  ValidationException,
} from "@aws-sdk/client-application-auto-scaling";
import { ManualClock } from "../../base/mod.ts";
import { clientOptions, openDoor } from "../door-fixture.ts";

let clock: ManualClock;
let door: Awaited<ReturnType<typeof openDoor>>;
let client: ApplicationAutoScalingClient;

beforeEach(async () => {
  clock = new ManualClock();
  door = await openDoor({}, undefined, clock);
  client = new ApplicationAutoScalingClient({ ...clientOptions(door.url), maxAttempts: 1 });
  await door.tables.define({
    name: "scaled",
    partitionKey: { name: "pk", type: "S" },
    throughput: { readUnits: 5, writeUnits: 5 },
  });
});

afterEach(() => {
  client.destroy();
  door.close();
});

const target = {
  ServiceNamespace: "dynamodb",
  ResourceId: "table/scaled",
  ScalableDimension: "dynamodb:table:WriteCapacityUnits",
} as const;
const configuration = {
  TargetValue: 50,
  PredefinedMetricSpecification: { PredefinedMetricType: "DynamoDBWriteCapacityUtilization" },
} as const;
const policy = { ...target, PolicyName: "half", PolicyType: "TargetTrackingScaling" } as const;
const register = (more = {}) =>
  client.send(
    new RegisterScalableTargetCommand({ ...target, MinCapacity: 2, MaxCapacity: 40, ...more }),
  );
const put = (more = {}) =>
  client.send(
    new PutScalingPolicyCommand({
      ...policy,
      TargetTrackingScalingPolicyConfiguration: configuration,
      ...more,
    }),
  );
const refusal = (promise: Promise<unknown>) =>
  promise.then(
    () => undefined,
    (thrown) => thrown,
  );

async function writeUnits(): Promise<unknown> {
  const described = await door.tables.call("DescribeTable", { TableName: "scaled" });
  if (!described.ok) throw new Error(described.error.message);
  const { Table } = described.value as { Table: { ProvisionedThroughput: object } };
  return (Table.ProvisionedThroughput as { WriteCapacityUnits: number }).WriteCapacityUnits;
}

/** A minute in which so many units are written, and then the look at it. */
async function minute(units: number): Promise<void> {
  for (let count = 0; count < units; count += 1) {
    await door.tables.putItem({ TableName: "scaled", Item: { pk: { S: `p${count}` } } });
  }
  clock.advance(60_000);
  await door.tables.scaling.turn();
}

test("targets and policies are registered, told and removed", async () => {
  const { ScalableTargetARN } = await register();
  const { PolicyARN, Alarms } = await put();
  expect(Alarms?.map(({ AlarmName }) => AlarmName)).toEqual([
    expect.stringMatching(/^TargetTracking-table\/scaled-AlarmHigh-/),
    expect.stringMatching(/^TargetTracking-table\/scaled-AlarmLow-/),
  ]);
  const targets = await client.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace: "dynamodb" }),
  );
  expect(targets.ScalableTargets).toMatchObject([
    { ...target, MinCapacity: 2, MaxCapacity: 40, ScalableTargetARN },
  ]);
  const listPolicies = () =>
    client.send(new DescribeScalingPoliciesCommand({ ServiceNamespace: "dynamodb" }));
  expect((await listPolicies()).ScalingPolicies).toMatchObject([
    { ...policy, PolicyARN, TargetTrackingScalingPolicyConfiguration: configuration, Alarms },
  ]);
  await register({ MinCapacity: undefined, MaxCapacity: 50 });
  const changed = await client.send(
    new DescribeScalableTargetsCommand({ ServiceNamespace: "dynamodb" }),
  );
  expect(changed.ScalableTargets).toMatchObject([{ MinCapacity: 2, MaxCapacity: 50 }]);
  await client.send(new DeleteScalingPolicyCommand({ ...target, PolicyName: "half" }));
  await put();
  await client.send(new DeregisterScalableTargetCommand(target));
  expect((await listPolicies()).ScalingPolicies).toEqual([]);
});

test("a policy's name has 256 characters and no more", async () => {
  await register();
  expect(await put({ PolicyName: "\u20ac".repeat(256) })).toHaveProperty("PolicyARN");
  for (const PolicyName of ["", "\u20ac".repeat(700)]) {
    expect(await refusal(put({ PolicyName }))).toBeInstanceOf(ValidationException);
  }
});

test("capacity follows what is written, up in two minutes and down in fifteen", async () => {
  await register();
  await put();
  await minute(600);
  expect(await writeUnits()).toBe(5);
  await minute(600);
  expect(await writeUnits()).toBe(20);
  for (let count = 0; count < 14; count += 1) await minute(60);
  expect(await writeUnits()).toBe(20);
  await minute(60);
  expect(await writeUnits()).toBe(2);
  const activities = await client.send(
    new DescribeScalingActivitiesCommand({ ServiceNamespace: "dynamodb" }),
  );
  expect(activities.ScalingActivities).toMatchObject([
    { ...target, StatusCode: "Successful", Description: "Setting write capacity units to 2." },
    { StatusMessage: "Successfully set write capacity units to 20." },
  ]);
  expect(activities.ScalingActivities?.[1]?.Cause).toMatch(/AlarmHigh.*triggered policy half$/);
});

test("capacity outside of the bounds is brought within them once a policy is in effect", async () => {
  await register({ MinCapacity: 7 });
  await minute(1);
  expect(await writeUnits()).toBe(5);
  await put();
  await minute(1);
  expect(await writeUnits()).toBe(7);
});

test("what cannot be scaled is refused with its name", async () => {
  const noTarget = await refusal(put());
  expect(noTarget).toBeInstanceOf(ObjectNotFoundException);
  expect((noTarget as Error).message).toBe(
    "No scalable target registered for service namespace: dynamodb, resource ID: table/scaled, " +
      "scalable dimension: dynamodb:table:WriteCapacityUnits",
  );
  await register();
  const wrong: [Promise<unknown>, string][] = [
    [register({ ServiceNamespace: "ecs" }), '"ecs" is not implemented'],
    [register({ ResourceId: "table/nope" }), "does not exist: table/nope"],
    [register({ MinCapacity: 50 }), "cannot be less than minimum"],
    [register({ ScalableDimension: "dynamodb:index:ReadCapacityUnits" }), "Unsupported"],
    [put({ PolicyType: "StepScaling" }), '"StepScaling" are not implemented'],
    [
      put({ TargetTrackingScalingPolicyConfiguration: { ...configuration, TargetValue: 95 } }),
      "from 20 to 90",
    ],
    [
      put({
        TargetTrackingScalingPolicyConfiguration: {
          TargetValue: 50,
          CustomizedMetricSpecification: {},
        },
      }),
      '"TargetTrackingScalingPolicyConfiguration.CustomizedMetricSpecification" is not implemented',
    ],
  ];
  for (const [promise, message] of wrong) {
    const thrown = await refusal(promise);
    expect(thrown).toBeInstanceOf(ValidationException);
    expect((thrown as Error).message).toContain(message);
  }
});
