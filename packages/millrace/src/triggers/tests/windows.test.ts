import { expect, test } from "bun:test";
import { textOf } from "../../base/mod.ts";
import type { CallResult, FunctionCall } from "../mod.ts";
import { answered, failure, openWorld, shardId, streamArn, turn } from "./trigger-fixture.ts";

interface WindowEvent {
  readonly Records: readonly { dynamodb: { SequenceNumber: string } }[];
  readonly state: Readonly<Record<string, number>>;
  readonly window: object;
  readonly shardId: string;
  readonly eventSourceARN: string;
  readonly isFinalInvokeForWindow: boolean;
  readonly isWindowTerminatedEarly: boolean;
}

/** Counts records in its state; `answer` may say something else. */
function counting(
  answer?: (event: WindowEvent, at: number) => CallResult | undefined,
  more: Parameters<typeof openWorld>[0] = {},
) {
  const events: WindowEvent[] = [];
  const world = openWorld({
    ...more,
    async call({ payload }: FunctionCall) {
      const event = JSON.parse(textOf(payload)) as WindowEvent;
      events.push(event);
      const count = (event.state.count ?? 0) + event.Records.length;
      return answer?.(event, events.length) ?? answered({ state: { count } });
    },
  });
  const told = (): unknown[][] =>
    events.map((event) => [
      event.Records.map(({ dynamodb }) => dynamodb.SequenceNumber),
      event.state.count ?? 0,
      event.isFinalInvokeForWindow,
    ]);
  return { world, events, told };
}

test("calls of one window share a state, and the last of them has it all", async () => {
  const { world, events, told } = counting();
  await world.create({ tumblingWindowSeconds: 30, batchSize: 2 });
  const [a, b, c] = world.add("a", "b", "c");
  await world.run(10);
  const [d] = world.add("d");
  await world.run(20);
  expect(told()).toEqual([
    [[a, b], 0, false],
    [[c], 2, false],
    [[d], 3, false],
  ]);
  await world.run(2);
  expect(told().slice(3)).toEqual([[[], 4, true]]);
  expect(events.at(-1)).toEqual({
    Records: [],
    window: { start: "2026-01-01T00:00:00Z", end: "2026-01-01T00:00:30Z" },
    state: { count: 4 },
    shardId,
    eventSourceARN: streamArn,
    isFinalInvokeForWindow: true,
    isWindowTerminatedEarly: false,
  });
  const [e] = world.add("e");
  await world.run();
  expect(told().at(-1)).toEqual([[e], 0, false]);
});

test("a record of a later window ends the one that is open, also when all is read at once", async () => {
  const { world, told } = counting();
  const [a] = world.add("a");
  world.clock.advance(30_000);
  const [b] = world.add("b");
  await world.create({ tumblingWindowSeconds: 30 });
  expect(told()).toEqual([
    [[a], 0, false],
    [[], 1, true],
    [[b], 0, false],
  ]);
});

test("a window that was over long ago ends only when all of it has been read", async () => {
  const { stream } = openWorld();
  for (let at = 0; at < 2500; at += 1) stream.add("a");
  const source = stream.ports();
  const read: typeof source.read = async (...given) => {
    for (let at = 0; at < 20; at += 1) await turn(); // the lane waits for more meanwhile
    return source.read(...given);
  };
  const { world, told } = counting(undefined, { streams: { ...source, read } });
  world.clock.advance(90_000);
  await world.create({ tumblingWindowSeconds: 30, batchSize: 500 });
  await world.run(8);
  expect(told().filter(([, , isFinal]) => isFinal)).toEqual([[[], 2500, true]]);
});

test("without any record there is no window, and no timer", async () => {
  const { world, told } = counting();
  await world.create({ tumblingWindowSeconds: 30 });
  const { length } = world.stream.reads;
  await world.run(90);
  expect(told()).toEqual([]);
  expect(world.stream.reads).toHaveLength(length);
});

test("an answer without a state is a failure, and the call comes again with the state it had", async () => {
  const { world, told } = counting((_event, at) => (at === 2 ? answered({}) : undefined));
  await world.create({ tumblingWindowSeconds: 60 });
  const [a] = world.add("a");
  await world.run();
  const [b] = world.add("b");
  await world.run(2);
  expect(told()).toEqual([
    [[a], 0, false],
    [[b], 1, false],
    [[b], 1, false],
  ]);
});

test("the last call is made again until it succeeds, and holds up the next window", async () => {
  const { world, told } = counting((event, at) => {
    return event.isFinalInvokeForWindow && at < 4 ? failure : undefined;
  });
  await world.create({ tumblingWindowSeconds: 10 });
  const [a] = world.add("a");
  await world.run(11);
  const [b] = world.add("b");
  await world.run(4);
  expect(told()).toEqual([
    [[a], 0, false],
    [[], 1, true],
    [[], 1, true],
    [[], 1, true],
    [[b], 0, false],
  ]);
});

test("a state of more than 1 MB ends its window at once", async () => {
  const large = "x".repeat(1024 * 1024);
  const { world, events } = counting((event) => {
    return event.isFinalInvokeForWindow ? undefined : answered({ state: { large } });
  });
  await world.create({ tumblingWindowSeconds: 60 });
  world.add("a");
  await world.run();
  expect(
    events.map((event) => [event.isFinalInvokeForWindow, event.isWindowTerminatedEarly]),
  ).toEqual([
    [false, false],
    [true, true],
  ]);
});

test("a window whose state is too large ends at once also where a trigger goes on", async () => {
  let isBroken = true;
  const { world, events } = counting((event) => {
    if (event.isFinalInvokeForWindow) return isBroken ? failure : undefined;
    return answered({ state: { large: "x".repeat(1024 * 1024) } });
  });
  const id = await world.create({ tumblingWindowSeconds: 60 });
  world.add("a");
  await world.run();
  await world.triggers.update(id, { isEnabled: false });
  await world.run();
  isBroken = false;
  const { length } = events;
  await world.triggers.update(id, { isEnabled: true });
  await world.run();
  expect(events.slice(length)).toMatchObject([{ isWindowTerminatedEarly: true }]);
});

test("a trigger that goes on finds the state of its window", async () => {
  const { world, told } = counting();
  const id = await world.create({ tumblingWindowSeconds: 60 });
  world.add("a", "b");
  await world.run();
  await world.triggers.update(id, { isEnabled: false });
  await world.run();
  const [c] = world.add("c");
  await world.triggers.update(id, { isEnabled: true });
  await world.run();
  expect(told().at(-1)).toEqual([[c], 2, false]);
  await world.run(61);
  expect(told().at(-1)).toEqual([[], 3, true]);
  await world.triggers.update(id, { isEnabled: false });
  await world.run();
  await world.triggers.update(id, { isEnabled: true });
  await world.run(1);
  expect(told().filter(([, , isFinal]) => isFinal)).toHaveLength(1);
});

test("a window ends with its shard, and a child begins anew", async () => {
  const { world, told } = counting();
  await world.create({ tumblingWindowSeconds: 60 });
  const [parent] = world.stream.shards;
  const [a] = world.add("a");
  await world.run();
  parent!.isOpen = false;
  world.stream.shards.push({ id: "child", parentId: shardId, isOpen: true, records: [] });
  const [b] = world.add("b");
  await world.run(2);
  expect(told()).toEqual([
    [[a], 0, false],
    [[], 1, true],
    [[b], 0, false],
  ]);
});
