import { expect, test } from "bun:test";
import { type Allowance, Meter } from "./meter.ts";

const onDemand: Allowance = {
  unitsPerSecond: undefined,
  onDemand: true,
  partitionUnitsMax: 1_000,
  partitionCount: 1,
};
const held = (nowMs: number) => ({ nowMs, held: true });
const partition = (hash: number) => ({ hash, label: `key ${hash}` });

test("a table on demand begins with four partitions, each of which holds by itself", () => {
  const meter = new Meter(onDemand, 0);
  expect(meter.partitionCount).toBe(4);
  meter.spend(1_000, partition(1), held(0));
  expect(meter.limitOf(partition(5), 0)).toBe("KeyRangeThroughputExceeded");
  expect(meter.limitOf(partition(2), 0)).toBeUndefined();
  expect(meter.limitOf(undefined, 0)).toBeUndefined();
});

test("it has partitions for twice its busiest minute, and does not lose them", () => {
  const meter = new Meter(onDemand, 0);
  for (let second = 0; second < 60; second += 1) {
    meter.spend(3_500, partition(second), held(second * 1_000));
  }
  meter.spend(1, partition(0), held(60_000));
  expect(meter.partitionCount).toBe(7);
  meter.spend(1, partition(0), held(600_000));
  expect(meter.partitionCount).toBe(7);
});

test("the last whole minute tells its partitions and its heaviest keys", () => {
  const meter = new Meter(onDemand, 0);
  meter.spend(10, partition(1), held(1_000));
  meter.spend(30, partition(2), held(2_000));
  meter.spend(2, partition(6), held(2_000));
  meter.spend(99, partition(3), held(61_000));
  const minute = meter.lastMinute(61_000);
  expect(minute.units).toBe(42);
  expect([...minute.partitions]).toEqual([
    [1, 10],
    [2, 32],
  ]);
  expect(minute.keys.top(1)).toEqual([["key 2", 30]]);
  expect(meter.lastMinute(180_000).units).toBe(0);
});

test("a provision is divided over partitions, and a hot one takes what the others leave", () => {
  const provisioned = { ...onDemand, onDemand: false, unitsPerSecond: 1_500, partitionCount: 2 };
  const meter = new Meter(provisioned, 0);
  meter.spend(900, partition(0), held(0));
  expect(meter.limitOf(partition(0), 0)).toBeUndefined();
  meter.spend(100, partition(0), held(0));
  expect(meter.limitOf(partition(0), 0)).toBe("KeyRangeThroughputExceeded");
  meter.spend(500, partition(1), held(0));
  expect(meter.limitOf(partition(1), 0)).toBe("ProvisionedThroughputExceeded");
});

test("what a table has saved is gone when it is billed otherwise", () => {
  const provisioned = { ...onDemand, onDemand: false, unitsPerSecond: 5 };
  const meter = new Meter(provisioned, 0);
  meter.allow({ ...onDemand, unitsPerSecond: 5 }, 300_000);
  meter.spend(5, undefined, held(300_000));
  expect(meter.limitOf(undefined, 300_000)).toBe("MaxOnDemandThroughputExceeded");
  meter.allow(provisioned, 300_000);
  meter.spend(5, undefined, held(600_000));
  expect(meter.limitOf(undefined, 600_000)).toBeUndefined();
});
