import { expect, test } from "bun:test";
import { ManualClock } from "../../base/mod.ts";
import { noCharge } from "../store/capacity.ts";
import { account } from "../table-fixture.ts";
import { TableCapacity } from "./table-capacity.ts";

const definition = {
  name: "held",
  partitionKey: { name: "pk", type: "S" },
  throughput: { readUnits: 1, writeUnits: 5 },
} as const;

const partition = { hash: 1, label: "p" };

function open(enforced: boolean) {
  const capacity = new TableCapacity(definition, new ManualClock(), { enforced, account });
  const spend = (units: number) =>
    capacity.spend("Write", {
      charge: { ...noCharge, table: units },
      partition,
      indexPartition: () => undefined,
    });
  const isUsedUp = () =>
    capacity.writeLimit({
      charge: { ...noCharge, table: 1 },
      partition,
      indexPartition: () => undefined,
    }) !== undefined;
  return { spend, isUsedUp };
}

test("what was only counted is not given back as if it had been taken", () => {
  const { spend, isUsedUp } = open(false);
  spend(5);
  expect(isUsedUp()).toBe(true);
  const giveBack = spend(3); // nothing is left that it could take
  giveBack();
  expect(isUsedUp()).toBe(true);
});

test("what was taken is given back", () => {
  for (const enforced of [true, false]) {
    const { spend, isUsedUp } = open(enforced);
    const giveBack = spend(5);
    expect(isUsedUp()).toBe(true);
    giveBack();
    expect(isUsedUp()).toBe(false);
  }
});
