import { expect, test } from "bun:test";
import { ManualClock, noBytes, silentLogger, systemRandom, utf8 } from "../../base/mod.ts";
import type { Functions } from "../../functions/mod.ts";
import { Devices } from "../../identity/mod.ts";
import { Shadows } from "../../shadows/mod.ts";
import { openMemoryRecords } from "../../storage/mod.ts";
import type { Tables } from "../../tables/mod.ts";
import { createStatementServices } from "./statement-services.ts";

const clock = new ManualClock();
const arnOf = (name: string) => `arn:aws:lambda:us-east-1:000000000000:function:${name}`;
const unused = {} as Functions & Tables & Devices & Shadows;
const all = { clock, functions: unused, tables: unused, devices: unused, shadows: unused };

test("a function that a statement calls has two seconds", async () => {
  const invoke = () => new Promise<never>(() => {});
  const services = createStatementServices({ ...all, functions: { ...unused, invoke } });
  let failure: unknown;
  const asked = services.invoke?.(arnOf("slow"), noBytes).catch((thrown) => {
    failure = thrown;
  });
  clock.advance(1_999);
  await Promise.resolve();
  expect(failure).toBeUndefined();
  clock.advance(1);
  await asked;
  expect(failure).toEqual(new Error("there was no answer within 2000 ms"));
});

test("a function that answers in time has its answer taken", async () => {
  const payload = utf8("1");
  const result = { found: true, requestId: "", payload, logTail: noBytes, version: "1" } as const;
  const functions = { ...unused, invoke: async () => result };
  const services = createStatementServices({ ...all, functions });
  expect(await services.invoke?.(arnOf("quick"), noBytes)).toBe("1");
});

test.each([
  [arnOf("quick:live"), "live"],
  [arnOf("quick:$LATEST"), undefined],
  [arnOf("quick"), undefined],
])("%p is called with its qualifier", async (arn, qualifier) => {
  const asked: unknown[] = [];
  const invoke: Functions["invoke"] = async (name, _, options) => {
    asked.push([name, options?.qualifier]);
    return { found: false };
  };
  const services = createStatementServices({ ...all, functions: { ...unused, invoke } });
  const shown = qualifier === undefined ? "quick" : `quick:${qualifier}`;
  await expect(services.invoke?.(arn, noBytes)).rejects.toThrow(`no function "${shown}"`);
  expect(asked).toEqual([["quick", qualifier]]);
});

test.each([
  "quick",
  `${arnOf("other")}:function:quick`,
  arnOf("quick").replace("0".repeat(12), ""),
])("%p names no function that a statement could call", async (arn) => {
  const services = createStatementServices(all);
  await expect(services.invoke?.(arn, noBytes)).rejects.toThrow("names no function");
});

test("an item that is not there is no failure", async () => {
  const call = async () => ({ ok: true, value: {} }) as const;
  const tables = { ...unused, call } as unknown as Tables;
  const services = createStatementServices({ ...all, tables });
  const key = [{ name: "id", value: "x" }];
  expect(await services.readItem?.({ tableName: "t", key, roleArn: "r" })).toBeUndefined();
});

test("a thing is read as DescribeThing tells of it, with its groups in another answer", async () => {
  const devices = new Devices({
    account: { partition: "aws", region: "eu-central-1", accountId: "111122223333" },
    records: openMemoryRecords(),
    authorityPath: undefined,
    clock,
    random: systemRandom,
    logger: silentLogger,
    onDeactivated() {},
  });
  await devices.things.create("lamp", { attributes: { room: "hall" } });
  await devices.thingGroups.create("lamps", {});
  await devices.thingGroups.add("lamps", "lamp");
  const services = createStatementServices({ ...all, devices });
  const read = async (operation: "DescribeThing" | "ListThingGroupsForThing", thingName: string) =>
    JSON.parse(await services.readRegistry!({ operation, thingName, roleArn: "r" }));
  expect(await read("DescribeThing", "lamp")).toMatchObject({
    thingName: "lamp",
    attributes: { room: "hall" },
    version: 1,
  });
  expect(await read("ListThingGroupsForThing", "lamp")).toEqual({
    thingGroups: [
      { groupName: "lamps", groupArn: "arn:aws:iot:eu-central-1:111122223333:thinggroup/lamps" },
    ],
  });
  await expect(read("DescribeThing", "none")).rejects.toThrow('there is no thing "none"');
});

test("a shadow is read whole, and one that is not there is a failure", async () => {
  const shadows = new Shadows({
    records: openMemoryRecords(),
    clock,
    random: systemRandom,
    logger: silentLogger,
    publish: () => ({ accepted: true, matched: false }),
  });
  const lamp = { thingName: "lamp", shadowName: undefined };
  await shadows.update(lamp, utf8('{"state":{"desired":{"id":12345678901234567890}}}'));
  const services = createStatementServices({ ...all, shadows });
  const read = (thingName: string, shadowName?: string) =>
    services.readShadow!({ thingName, shadowName, roleArn: "r" });
  expect(await read("lamp")).toContain('"delta":{"id":12345678901234567890}');
  await expect(read("lamp", "config")).rejects.toThrow("No shadow exists with name: 'config'");
  await expect(read("door")).rejects.toThrow("No shadow exists with name: 'door'");
  await expect(read("a/b")).rejects.toThrow('"a/b" is no name of a thing');
  await expect(read("lamp", "")).rejects.toThrow('"" is no name of a shadow');
});
