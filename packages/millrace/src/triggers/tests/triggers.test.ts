import { expect, test } from "bun:test";
import { textOf, WorldError } from "../../base/mod.ts";
import { type FunctionCall, triggerLimits } from "../mod.ts";
import { answered, done, failure, openWorld, shardId } from "./trigger-fixture.ts";

test("records are called in order, as many at a time as a batch may have", async () => {
  const world = openWorld();
  const all = world.add("a", "b", "c", "d", "e");
  await world.create({ batchSize: 2 });
  expect(world.calls).toEqual([all.slice(0, 2), all.slice(2, 4), all.slice(4)]);
  const later = world.add("a");
  await world.run();
  expect(world.calls.at(-1)).toEqual(later);
  expect(world.triggers.list()[0]).toMatchObject({ state: "Enabled", result: "OK" });
});

test("nothing is read and no timer runs while nothing changes", async () => {
  const world = openWorld();
  await world.create();
  const { length } = world.stream.reads;
  await world.run(60);
  expect(world.stream.reads).toHaveLength(length);
});

test("a stream that does not tell of its changes is looked at four times a second", async () => {
  const world = openWorld();
  world.stream.tellsOfChanges = false;
  const polled = openWorld({ streams: world.stream.ports() });
  await polled.create();
  const { length } = world.stream.reads;
  for (let at = 0; at < 4; at += 1) {
    polled.clock.advance(250);
    await polled.run();
  }
  expect(world.stream.reads.length - length).toBe(4);
});

test("with LATEST only what comes after the trigger was made is called", async () => {
  const world = openWorld();
  world.add("old");
  world.clock.advance(5000);
  await world.create({ startingPosition: "LATEST" });
  const added = world.add("new");
  await world.run();
  expect(world.calls).toEqual([added]);
});

test("with LATEST nothing is lost when the place expires before the first record", async () => {
  const world = openWorld();
  world.add("old");
  world.clock.advance(5000);
  await world.create({ startingPosition: "LATEST" });
  world.stream.epoch += 1;
  const added = world.add("new");
  await world.run();
  expect(world.calls).toEqual([added]);
});

test("a place that expires is found again", async () => {
  const world = openWorld();
  await world.create();
  const first = world.add("a");
  await world.run();
  world.stream.epoch += 1;
  const second = world.add("b");
  await world.run();
  expect(world.calls).toEqual([first, second]);
});

test.each([
  ["behind what was read", "TRIM_HORIZON", 1],
  ["before anything was read, after some tries", "LATEST", 0],
] as const)(
  "a place that is refused is found again: %s",
  async (_what, startingPosition, count) => {
    const { stream } = openWorld();
    const source = stream.ports();
    const read: typeof source.read = async (arn, iterator, countMax) => {
      const outcome = await source.read(arn, iterator, countMax);
      if (outcome.kind === "expired") throw new WorldError("STREAM_REFUSED", "no such iterator");
      return outcome;
    };
    const world = openWorld({ streams: { ...source, read } });
    await world.create({ startingPosition });
    const all: string[] = [];
    for (let at = 0; at <= count; at += 1) {
      if (at === count) stream.epoch += 1;
      all.push(stream.add("a").sequence);
      world.triggers.wake("t");
      await world.run(10);
    }
    expect(world.calls.flat()).toEqual(all);
  },
);

test.each(["expired", "trimmed"] as const)(
  "a stream whose places are all %s is tried again with pauses",
  async (kind) => {
    const { stream } = openWorld();
    const source = stream.ports();
    let [reads, isBroken] = [0, true];
    const read: typeof source.read = async (arn, iterator, countMax) => {
      reads += 1;
      return isBroken && reads < 100 ? { kind } : source.read(arn, iterator, countMax);
    };
    const world = openWorld({ streams: { ...source, read } });
    const added = stream.add("a").sequence;
    await world.create();
    await world.run(6);
    expect(reads).toBe(4); // twice, and after 1 and 3 seconds
    isBroken = false;
    await world.run(10);
    expect(world.calls).toEqual([[added]]);
    expect(world.triggers.list()[0]!.result).toBe("OK");
  },
);

test("a batching window gathers records until it ends or the batch is full", async () => {
  const world = openWorld();
  await world.create({ batchingWindowSeconds: 5, batchSize: 3 });
  const first = world.add("a");
  await world.run(4);
  expect(world.calls).toEqual([]);
  const second = world.add("b");
  await world.run(1);
  expect(world.calls).toEqual([[...first, ...second]]);
  const full = world.add("c", "d", "e");
  await world.run();
  expect(world.calls.at(-1)).toEqual(full);
});

test("a batch has no more than a function takes", async () => {
  const world = openWorld({ payloadBytesMax: 150 });
  const all = world.add("a", "b", "c");
  await world.create();
  expect(world.calls).toEqual([all.slice(0, 2), all.slice(2)]);
});

test("a failed batch is tried again after pauses that double, and holds up what follows", async () => {
  const world = openWorld();
  world.answer = () => failure;
  await world.create({ batchSize: 1 });
  const [first] = world.add("a", "b");
  await world.run(6);
  expect(world.calls).toEqual([[first!], [first!], [first!]]); // at 0, 1 and 3 seconds
  expect(world.triggers.list()[0]!.result).toBe("PROBLEM: Function call failed");
  expect(world.logged.at(-1)).toContain('"next":"tried again in 4.0 s"');
  expect(world.logged.at(-1)).toContain('"reason":"Error: boom"');
});

test("a call that did not run uses up no attempt", async () => {
  const world = openWorld();
  await world.create({ retryAttemptsMax: 0 });
  world.answer = () => ({ kind: "not-run", reason: "too many calls" });
  const all = world.add("a");
  await world.run(10);
  world.answer = () => done;
  await world.run(10);
  expect(world.calls.length).toBeGreaterThan(2);
  expect(world.calls.at(-1)).toEqual(all);
  expect(world.triggers.list()[0]!.result).toBe("OK");
});

test("after its attempts a batch is given up, told to the bucket, and the next is called", async () => {
  const world = openWorld();
  const [bad, good] = world.add("a", "b");
  world.answer = (sequences) => (sequences.includes(bad!) ? failure : done);
  const id = await world.create({ batchSize: 1, retryAttemptsMax: 2, failureBucket: "lost" });
  await world.run(10);
  expect(world.calls).toEqual([[bad!], [bad!], [bad!], [good!]]);
  const [{ bucketName, key, bytes }] = world.kept as [(typeof world.kept)[number]];
  expect(bucketName).toBe("lost");
  expect(key).toMatch(
    new RegExp(`^aws/lambda/${id}/${shardId}/2026/01/01/2026-01-01T00\\.00\\.03-[0-9a-f-]{36}$`),
  );
  const document = JSON.parse(textOf(bytes));
  expect(document).toMatchObject({
    requestContext: {
      functionArn: "arn:f",
      condition: "RetryAttemptsExhausted",
      approximateInvokeCount: 3,
    },
    responseContext: { statusCode: 200, executedVersion: "$LATEST", functionError: "Unhandled" },
    version: "1.0",
    DDBStreamBatchInfo: {
      shardId,
      startSequenceNumber: bad,
      endSequenceNumber: bad,
      approximateArrivalOfFirstRecord: "2026-01-01T00:00:00Z",
      batchSize: 1,
    },
  });
  expect(JSON.parse(document.payload).Records).toHaveLength(1);
});

test("where batches are bisected, one bad record is given up alone", async () => {
  const world = openWorld();
  const all = world.add("a", "b", "c", "d");
  const bad = all[2]!;
  const finished: string[] = [];
  world.answer = (sequences) => {
    if (sequences.includes(bad)) return failure;
    finished.push(...sequences);
    return done;
  };
  await world.create({ bisects: true, retryAttemptsMax: 1, failureBucket: "lost" });
  await world.run(10);
  expect(finished).toEqual(all.filter((sequence) => sequence !== bad));
  expect(world.kept).toHaveLength(1);
  expect(world.calls).toEqual([all, all.slice(0, 2), all.slice(2), [bad], [bad], [all[3]!]]);
});

const itemFailures = (...identifiers: unknown[]) => ({
  batchItemFailures: identifiers.map((itemIdentifier) => ({ itemIdentifier })),
});

test("what the function reports as failed is tried again, with all that follows it", async () => {
  const world = openWorld();
  const all = world.add("a", "b", "c", "d");
  let isFirst = true;
  world.answer = () => {
    const answer = isFirst ? answered(itemFailures(all[3], all[1])) : done;
    isFirst = false;
    return answer;
  };
  await world.create({ reportsItemFailures: true });
  await world.run(2);
  expect(world.calls).toEqual([all, all.slice(1)]);
});

test("reported failures and bisecting cut the batch there, without a pause", async () => {
  const world = openWorld();
  const all = world.add("a", "b", "c");
  let isFirst = true;
  world.answer = () => {
    const answer = isFirst ? answered(itemFailures(all[2])) : done;
    isFirst = false;
    return answer;
  };
  await world.create({ reportsItemFailures: true, bisects: true });
  expect(world.calls).toEqual([all, all.slice(2)]);
});

test.each([
  ["nothing", null],
  ["an empty object", {}],
  ["an empty list", { batchItemFailures: [] }],
  ["no list", { batchItemFailures: null }],
  ["an empty text", ""],
])("%s reports no failure", async (_what, value) => {
  const world = openWorld();
  world.add("a");
  world.answer = () => answered(value);
  await world.create({ reportsItemFailures: true });
  await world.run(2);
  expect(world.calls).toHaveLength(1);
});

test.each([
  ["an unknown number", itemFailures("999999")],
  ["null", itemFailures(null)],
  ["an empty text", itemFailures("")],
  ["no identifier", { batchItemFailures: [{ itemId: "000002" }] }],
  ["an item that is null", { batchItemFailures: [null] }],
  ["no list", { batchItemFailures: "000002" }],
  ["no object", "done"],
  ["one good and one bad identifier", itemFailures("000002", "x")],
])("%s as failure makes the whole batch fail", async (_what, value) => {
  const world = openWorld();
  const all = world.add("a", "b");
  let isFirst = true;
  world.answer = () => {
    const answer = isFirst ? answered(value) : done;
    isFirst = false;
    return answer;
  };
  await world.create({ reportsItemFailures: true });
  await world.run(2);
  expect(world.calls).toEqual([all, all]);
});

test("what a function says is not looked at unless the trigger asks for it", async () => {
  const world = openWorld();
  const all = world.add("a");
  world.answer = () => answered(itemFailures(all[0]));
  await world.create();
  await world.run(2);
  expect(world.calls).toHaveLength(1);
});

test("records that are too old are given up without a call, and told as such", async () => {
  const world = openWorld();
  world.add("old");
  world.clock.advance(100_000);
  const young = world.add("young");
  await world.create({ recordAgeSecondsMax: 60, failureBucket: "lost" });
  expect(world.calls).toEqual([young]);
  expect(JSON.parse(textOf(world.kept[0]!.bytes)).requestContext).toMatchObject({
    condition: "RecordAgeExceeded",
    approximateInvokeCount: 0,
  });
});

test("a record that no filter wants is passed over, also by the position", async () => {
  const world = openWorld();
  const filters = ['{"dynamodb":{"kind":["a"]}}', '{"dynamodb":{"kind":[{"prefix":"b"}]}}'];
  const id = await world.create({ filters });
  const kinds = ["a", "c", "b1", "c"];
  const all = kinds.map((kind) => world.stream.add("k", { kind }).sequence);
  world.triggers.wake("t");
  await world.run();
  expect(world.calls.flat()).toEqual([all[0]!, all[2]!]);
  const key = new TextEncoder().encode(`${id}/${shardId}`);
  const position = await world.records.get({ space: "trigger-positions", key });
  expect(JSON.parse(textOf(position!))).toEqual({ after: all[3]! });
});

test("lanes run at once, and changes of one item stay in turn", async () => {
  const world = openWorld();
  let [running, most] = [0, 0];
  const held: (() => void)[] = [];
  const seen: string[] = [];
  const other = openWorld({
    streams: world.stream.ports(),
    async call(call: FunctionCall) {
      running += 1;
      most = Math.max(most, running);
      await new Promise<void>((resolve) => held.push(resolve));
      seen.push(...JSON.parse(textOf(call.payload)).Records.map(keyOf));
      running -= 1;
      return done;
    },
  });
  for (let at = 0; at < 40; at += 1) world.stream.add(`k${at % 8}`, { at });
  await other.create({ lanes: 4, batchSize: 1 });
  while (held.length > 0) {
    held.splice(0, 1)[0]!();
    await other.run();
  }
  expect(most).toBe(4);
  expect(seen).toHaveLength(40);
  for (let item = 0; item < 8; item += 1) {
    const own = seen.filter((one) => one.startsWith(`k${item} `));
    expect(own).toEqual(own.toSorted((a, b) => Number(a.split(" ")[1]) - Number(b.split(" ")[1])));
  }
});

function keyOf(record: { dynamodb: { Keys: string; at: number } }): string {
  return `${record.dynamodb.Keys} ${record.dynamodb.at}`;
}

test("children of a shard are read when all of it is finished, also those told of later", async () => {
  const world = openWorld();
  world.answer = () => failure;
  await world.create({ batchSize: 1 });
  const [parent] = world.stream.shards;
  const first = world.add("a");
  world.stream.shards.push({ id: "child", parentId: shardId, isOpen: true, records: [] });
  const second = world.add("b");
  parent!.isOpen = false;
  world.triggers.wake("t");
  await world.run();
  expect(world.calls).toEqual([first]);
  world.answer = () => done;
  await world.run(2);
  expect(world.calls).toEqual([first, first, second]);
  world.stream.shards[1]!.isOpen = false;
  world.triggers.wake("t");
  await world.run(2);
  world.stream.shards.push({ id: "grandchild", parentId: "child", isOpen: true, records: [] });
  const third = world.add("c");
  await world.run(120);
  expect(world.calls.at(-1)).toEqual(third);
});

test("children of a shard that goes before its end are read", async () => {
  const { stream } = openWorld();
  const [parent] = stream.shards;
  parent!.isOpen = false;
  stream.shards.push({ id: "child", parentId: shardId, isOpen: true, records: [] });
  const added = stream.add("a").sequence;
  const source = stream.ports();
  const read: typeof source.read = async (arn, iterator, countMax) => {
    if (iterator.includes(shardId)) stream.shards.shift();
    return source.read(arn, iterator, countMax);
  };
  const world = openWorld({ streams: { ...source, read } });
  await world.create();
  await world.run(2);
  expect(world.calls).toEqual([[added]]);
});

test("a stream that cannot be asked for its shards is asked again", async () => {
  const { stream } = openWorld();
  const source = stream.ports();
  let isAway = false;
  const describe: typeof source.describe = async (arn) => {
    if (isAway) throw new WorldError("AWAY", "nobody answers");
    return source.describe(arn);
  };
  const world = openWorld({ streams: { ...source, describe } });
  const id = await world.create({ isEnabled: false });
  isAway = true;
  const added = stream.add("a").sequence;
  await world.triggers.update(id, { isEnabled: true });
  await world.run(5);
  expect(world.triggers.get(id)!.result).toBe("PROBLEM: Stream could not be read");
  expect(world.logged.join("\n")).toContain("nobody answers");
  isAway = false;
  await world.run(10);
  expect(world.calls).toEqual([[added]]);
  expect(world.triggers.get(id)!.result).toBe("OK");
});

test("a stream that is gone is told", async () => {
  const world = openWorld();
  await world.create();
  world.stream.isGone = true;
  world.triggers.wake("t");
  await world.run();
  expect(world.triggers.list()[0]!.result).toBe("PROBLEM: Stream not found");
});

test("what was read of a stream that goes is done or given up as ever", async () => {
  const world = openWorld();
  world.answer = () => failure;
  await world.create({ retryAttemptsMax: 1, failureBucket: "lost" });
  world.add("a", "b");
  await world.run();
  world.stream.isGone = true;
  world.triggers.wake("t");
  await world.run(100);
  expect(world.kept).toHaveLength(1);
  expect(world.triggers.figures().at(-1)).toMatchObject({ samples: [{ value: 0 }] });
});

test("while a batch is stuck no more is read than memory may hold, and then all of it", async () => {
  const world = openWorld();
  for (let at = 0; at < 10_000; at += 1) world.stream.add("a");
  world.answer = () => failure;
  await world.create({ batchSize: 500 });
  await world.run(5);
  expect(world.stream.reads).toHaveLength(2);
  world.answer = () => done;
  await world.run(40);
  expect(new Set(world.calls.flat()).size).toBe(10_000);
});

test("over all triggers no more is read than memory may hold, but something for each", async () => {
  const world = openWorld({ payloadBytesMax: 2 ** 30 });
  const bytes = triggerLimits.heldBytesMax / 2000;
  for (let at = 0; at < 1500; at += 1) Object.assign(world.stream.add("a"), { bytes });
  world.answer = () => failure;
  const id = await world.create({ functionName: "f" });
  const all = ["0 0", "0 1000", "0 1500"].map((at) => at.replace(" ", ` ${shardId} `));
  expect(world.stream.reads).toEqual(all);
  await world.create({ functionName: "g" });
  await world.run(5);
  expect(world.stream.reads.slice(3)).toEqual(all.slice(0, 1));
  await world.triggers.update(id, { isEnabled: false });
  await world.run();
  expect(world.stream.reads.slice(3)).toEqual(all);
});

test("where a stream has forgotten the place of a trigger, it goes on with the oldest", async () => {
  const world = openWorld();
  let isForgotten = false;
  const source = world.stream.ports();
  const other = openWorld({
    streams: {
      ...source,
      async open(arn, id, place) {
        return isForgotten && typeof place === "object"
          ? { kind: "trimmed" }
          : source.open(arn, id, place);
      },
    },
  });
  const first = world.stream.add("a").sequence;
  const id = await other.create();
  await other.triggers.update(id, { isEnabled: false });
  await other.run();
  world.stream.shards[0]!.records.splice(0);
  const later = world.stream.add("b").sequence;
  isForgotten = true;
  await other.triggers.update(id, { isEnabled: true });
  await other.run();
  expect(other.calls).toEqual([[first], [later]]);
  expect(other.logged.join("\n")).toContain("the stream has forgotten where a trigger was");
});

test("records that are forgotten before they are read are told and counted", async () => {
  const world = openWorld();
  await world.create();
  const first = world.add("a");
  await world.run();
  world.stream.add("b");
  world.stream.add("c");
  world.stream.shards[0]!.records.splice(1, 2);
  const later = world.add("d");
  await world.run();
  expect(world.calls).toEqual([first, later]);
  const [told] = world.logged.filter((line) => line.includes("has forgotten records"));
  expect(told).toContain('"records":2');
  expect(world.triggers.figures()[1]).toMatchObject({
    samples: expect.arrayContaining([{ labels: { outcome: "forgotten" }, value: 2 }]),
  });
});

test("figures say what became of records", async () => {
  const world = openWorld();
  world.stream.add("x", { kind: "b" });
  world.stream.add("x", { kind: "a" });
  await world.create({ filters: ['{"dynamodb":{"kind":["a"]}}'] });
  const samples = world.triggers.figures().flatMap((figure) => {
    if (figure.kind === "histogram") return [];
    return figure.samples.map(({ labels, value }) => [figure.name, labels.outcome, value]);
  });
  expect(samples).toEqual([
    ["millrace_trigger_calls_total", "done", 1],
    ["millrace_trigger_calls_total", "failed", 0],
    ["millrace_trigger_calls_total", "not_run", 0],
    ["millrace_trigger_records_total", "done", 1],
    ["millrace_trigger_records_total", "filtered", 1],
    ["millrace_trigger_records_total", "given_up", 0],
    ["millrace_trigger_records_total", "forgotten", 0],
    ["millrace_trigger_oldest_record_seconds", undefined, 0],
  ]);
});
