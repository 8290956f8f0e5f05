import { expect, test } from "bun:test";
import { WorldError } from "../../base/mod.ts";
import { done, failure, openWorld, wish } from "./trigger-fixture.ts";

test("a trigger that is disabled stops where it is, and goes on there", async () => {
  const world = openWorld();
  const id = await world.create();
  const first = world.add("a");
  await world.run();
  const disabling = await world.triggers.update(id, { isEnabled: false });
  expect(disabling).toMatchObject({ ok: true, trigger: { state: "Disabling" } });
  await world.run();
  expect(world.triggers.get(id)!.state).toBe("Disabled");
  const second = world.add("b");
  await world.run(5);
  expect(world.calls).toEqual([first]);
  const enabling = await world.triggers.update(id, { isEnabled: true });
  expect(enabling).toMatchObject({ ok: true, trigger: { state: "Enabling" } });
  await world.run();
  expect(world.calls).toEqual([first, second]);
});

test("a trigger whose function is gone can be disabled, and not be enabled", async () => {
  let isThere = true;
  const world = openWorld({ hasFunction: () => isThere });
  const id = await world.create();
  isThere = false;
  expect(await world.triggers.update(id, { isEnabled: false })).toMatchObject({ ok: true });
  await world.run();
  expect(await world.triggers.update(id, { isEnabled: true })).toMatchObject({
    problem: { kind: "no-function" },
  });
});

test("a change counts at once for a batch that fails again and again", async () => {
  const world = openWorld();
  world.answer = () => failure;
  const id = await world.create();
  const all = world.add("a");
  await world.run(40);
  const { length } = world.calls;
  world.answer = (_sequences, { functionName }) => (functionName === "g" ? done : failure);
  expect(await world.triggers.update(id, { functionName: "g" })).toMatchObject({
    trigger: { state: "Updating" },
  });
  await world.run();
  expect(world.calls.slice(length)).toEqual([all]);
  expect(world.triggers.get(id)).toMatchObject({ state: "Enabled", result: "OK" });
});

test("a trigger that changes already is not changed a second time", async () => {
  const world = openWorld();
  const id = await world.create();
  await world.triggers.update(id, { batchSize: 7 });
  expect(await world.triggers.update(id, { batchSize: 8 })).toMatchObject({
    problem: {
      kind: "in-use",
      message: "Cannot update the event source mapping because it is in use.",
    },
  });
  expect(await world.triggers.remove(id)).toMatchObject({ problem: { kind: "in-use" } });
});

test("a trigger that is removed is gone once its call has ended, with its positions", async () => {
  const world = openWorld();
  const id = await world.create();
  world.add("a");
  await world.run();
  expect(await world.triggers.remove(id)).toMatchObject({ trigger: { state: "Deleting" } });
  await world.run();
  expect(world.triggers.get(id)).toBeUndefined();
  for (const space of ["triggers", "trigger-positions"]) {
    expect(await world.records.range({ space, countMax: 10 })).toEqual([]);
  }
});

test.each([
  [{ hasFunction: () => false }, "no-function", "Function not found: arn:f"],
  [
    { streamRefusal: async () => "no" },
    "invalid",
    `Cannot access stream ${wish.streamArn}. Please ensure the role can perform the GetRecords, ` +
      "GetShardIterator, DescribeStream, and ListStreams Actions on your stream in IAM.",
  ],
] as const)("%o: it is refused", async (changes, kind, message) => {
  const world = openWorld(changes);
  expect(await world.triggers.create(wish)).toEqual({ ok: false, problem: { kind, message } });
});

test("a trigger whose role may read no more does not begin until it may again", async () => {
  let refusal: string | undefined;
  const asked: (string | undefined)[] = [];
  const world = openWorld({
    streamRefusal: async ({ qualifier }) => {
      asked.push(qualifier);
      return refusal;
    },
  });
  const id = await world.create({ qualifier: "live" });
  await world.triggers.close();
  refusal = "the role has no statement for it";
  const again = world.restart();
  await again.start([]);
  again.begin();
  const added = world.add("a");
  await world.run(5);
  const result = "PROBLEM: Function's role may not read the stream";
  expect(again.get(id)).toMatchObject({ state: "Enabled", result });
  expect(world.logged.at(-1)).toContain(refusal);
  expect(world.calls).toEqual([]);
  refusal = undefined;
  await world.run(5);
  expect(world.calls).toEqual([added]);
  expect(new Set(asked)).toEqual(new Set(["live"]));
});

test("one stream leads to one function once", async () => {
  const world = openWorld();
  const id = await world.create();
  const message =
    `The event source arn (" ${wish.streamArn} ") and function (" f ") provided mapping already ` +
    `exists. Please update or delete the existing mapping with UUID ${id}`;
  expect(await world.triggers.create(wish)).toMatchObject({
    problem: { kind: "conflict", message },
  });
  expect(await world.triggers.create({ ...wish, qualifier: "live" })).toMatchObject({ ok: true });
});

test("a trigger whose place cannot be read goes on once it can be", async () => {
  const world = openWorld();
  const id = await world.create();
  const { records } = world;
  const range = records.range.bind(records);
  let isBroken = true;
  Object.assign(records, {
    range: async (asked: Parameters<typeof range>[0]) => {
      if (isBroken && asked.space === "trigger-positions") throw new WorldError("DISK", "broken");
      return range(asked);
    },
  });
  await world.triggers.update(id, { batchSize: 3 });
  await world.run(5);
  expect(world.triggers.get(id)!.state).toBe("Updating");
  expect(world.logged.at(-1)).toContain('"reason":"broken","next":"tried again in 4.0 s"');
  isBroken = false;
  const added = world.add("a");
  await world.run(4);
  expect(world.triggers.get(id)!.state).toBe("Enabled");
  expect(world.calls).toEqual([added]);
});

const { streamArn: _, ...plain } = wish;
const defined = (id: string, more = {}) => ({ ...plain, id, tableName: "t", ...more });

test("triggers of the template begin, go on, begin anew and are forgotten as it says", async () => {
  const world = openWorld();
  const first = world.add("a");
  expect(await world.triggers.start([defined("one")])).toEqual(new Map());
  world.triggers.begin();
  await world.run();
  expect(world.calls).toEqual([first]);
  await world.triggers.close();

  const again = world.restart();
  await again.start([defined("one", { batchSize: 5 })]);
  again.begin();
  const second = world.stream.add("b").sequence;
  again.wake("t");
  await world.run();
  expect(world.calls).toEqual([first, [second]]);
  expect(again.get("one")!.mapping.batchSize).toBe(5);
  await again.close();

  const anew = world.restart();
  await anew.start([defined("one", { startingPosition: "LATEST" })]);
  anew.begin();
  await world.run();
  expect(world.calls).toHaveLength(2);
  expect(world.logged.join("\n")).toContain("its StartingPosition has changed");
  await anew.close();

  const none = world.restart();
  await none.start([]);
  expect(none.list()).toEqual([]);
  expect(await world.records.range({ space: "triggers", countMax: 9 })).toEqual([]);
});

test("of two triggers of the template for one stream and function, the second is wrong", async () => {
  const world = openWorld();
  const wrong = await world.triggers.start([defined("one"), defined("two")]);
  expect([...wrong.keys()]).toEqual(["two"]);
  expect(wrong.get("two")).toContain("with UUID one");
  await world.triggers.close();
  // What is kept of a trigger that changes its function at this start does not stand in the way.
  const swapped = world.restart();
  const other = [defined("one", { functionName: "g" }), defined("two")];
  expect(await swapped.start(other)).toEqual(new Map());
});

test("a table without a stream cannot trigger", async () => {
  const world = openWorld();
  world.stream.isGone = true;
  const wrong = await world.triggers.start([defined("one")]);
  expect(wrong).toEqual(new Map([["one", 'the table "t" has no stream']]));
});
