import { expect, test } from "bun:test";
import type { TargetDefinition } from "../../mod.ts";
import {
  account,
  busy,
  createHouse,
  functionArn,
  rule,
  sale,
  settle,
  startHouse,
} from "./bus-fixture.ts";

const logArn = "arn:aws:logs:eu-central-1:111122223333:log-group:/aws/events/all:*";
const busArn = "arn:aws:events:eu-central-1:111122223333:event-bus/other";

test("an event reaches the targets of the rules that match, in its documented form", async () => {
  const { buses, received } = await startHouse({
    rules: [
      rule({
        targets: [
          { id: "1", arn: functionArn },
          { id: "2", arn: logArn },
        ],
      }),
      rule({ name: "not", pattern: '{"source":["else"]}' }),
    ],
  });
  const [outcome] = await buses.put([{ ...sale, resources: ["arn:x"], timeMs: 1_500 }]);
  await settle();
  expect(outcome).toEqual({ ok: true, eventId: expect.stringMatching(/^[0-9a-f-]{36}$/) });
  expect(received.map(({ to, rule: by }) => [to, by])).toEqual([
    ["f", "r"],
    ["/aws/events/all", "r"],
  ]);
  const { text } = received[0]!;
  expect(text).toContain('"price":7.50'); // as it was written
  expect(JSON.parse(text)).toEqual({
    version: "0",
    id: (outcome as { eventId: string }).eventId,
    "detail-type": "sale",
    source: "shop",
    account: account.accountId,
    time: "1970-01-01T00:00:01Z",
    region: account.region,
    resources: ["arn:x"],
    detail: { price: 7.5, item: "tea" },
  });
  expect(received[1]!.text).toBe(text);
});

test("entries that cannot be taken are told, and the others are", async () => {
  const { buses, received } = await startHouse({ rules: [rule()] });
  const deep = `{"a":${"[".repeat(1_000)}${"]".repeat(1_000)}}`;
  const outcomes = await buses.put([
    { ...sale, detail: "{" },
    { ...sale, detail: "[]" },
    { ...sale, detail: deep },
    { ...sale, bus: "missing" },
    sale,
  ]);
  await settle();
  expect(outcomes.map((one) => (one.ok ? "ok" : one.problem))).toEqual([
    "detail",
    "detail",
    "detail",
    "no-bus",
    "ok",
  ]);
  expect(received).toHaveLength(1);
});

test("a rule that is disabled, or on another bus, does not match", async () => {
  const { buses, received } = await startHouse({
    buses: [{ name: "other" }],
    rules: [rule({ isEnabled: false }), rule({ bus: "other" })],
  });
  await buses.put([sale]);
  await settle();
  expect(received).toEqual([]);
  await buses.put([{ ...sale, bus: "other" }]);
  await settle();
  expect(received).toHaveLength(1);
});

test("another bus gets the event with its id, where the role may", async () => {
  const lead = (name: string, roleArn?: string) =>
    rule({ name, targets: [{ id: "1", arn: busArn, roleArn }] });
  const { buses, received, logged } = await startHouse({
    buses: [{ name: "other" }],
    rules: [lead("yes"), lead("no", "arn:aws:iam::1:role/no"), rule({ bus: "other" })].map(
      (one) => ({
        ...one,
        targets: one.targets.map((target) => ({
          ...target,
          ...(target.roleArn && { roleArn: "arn:aws:iam::111122223333:role/no" }),
        })),
      }),
    ),
  });
  const [outcome] = await buses.put([sale]);
  await settle();
  expect(received).toHaveLength(1);
  expect(JSON.parse(received[0]!.text).id).toBe((outcome as { eventId: string }).eventId);
  expect(logged).toMatchObject([
    { what: "delivery of an event given up", fields: { rule: "no", reason: `no ${busArn}` } },
  ]);
});

test("buses that lead in a circle end after five", async () => {
  const { buses, received, logged } = await startHouse({
    buses: [{ name: "other" }],
    rules: [
      rule({
        bus: "other",
        targets: [
          { id: "1", arn: busArn },
          { id: "2", arn: functionArn },
        ],
      }),
    ],
  });
  await buses.put([{ ...sale, bus: "other" }]);
  for (let turn = 0; turn < 10; turn += 1) await settle();
  expect(received).toHaveLength(6);
  expect(logged.map(({ fields }) => fields.reason)).toEqual([
    "event buses lead from one to the next too long",
  ]);
});

test.each<[string, Partial<TargetDefinition>, string]>([
  ["a constant", { input: '{"a":1.0}' }, '{"a":1.0}'],
  ["a part", { inputPath: "$.detail.price" }, "7.50"],
  ["a part that is not there", { inputPath: "$.detail.none" }, "null"],
  [
    "values and texts in JSON",
    {
      transformer: {
        paths: { p: "$.detail.price", i: "$.detail.item", d: "$.detail", n: "$.detail.n" },
        template: '{"p":<p>,"i":<i>,"d":<d>,"n":<n>,"s":"<i> \\"<p>\\"<n> <d>"}',
      },
    },
    '{"p":7.50,"i":"tea","d":{"price":7.50,"item":"tea"},"n":null,' +
      '"s":"tea \\"7.50\\" {\\"price\\":7.50,\\"item\\":\\"tea\\"}"}',
  ],
  [
    "a text of JSON",
    { transformer: { paths: { i: "$.detail.item" }, template: '"<i> sold"' } },
    '"tea sold"',
  ],
  [
    "plain text, which a function gets as JSON",
    { transformer: { paths: { i: "$.detail.item" }, template: "<i> sold" } },
    '"tea sold"',
  ],
  [
    "what is always there",
    { transformer: { paths: {}, template: '["<aws.events.rule-name>",<aws.events.rule-arn>]' } },
    '["r","arn:aws:events:eu-central-1:111122223333:rule/r"]',
  ],
  [
    "everything in a list",
    { transformer: { paths: { r: "$.resources[*]", s: "$.resources[1]" }, template: "[<r>,<s>]" } },
    '[["a","b"],"b"]',
  ],
])("a target may get %s", async (_, changes, expected) => {
  const targets = [{ id: "1", arn: functionArn, ...changes }];
  const { buses, received } = await startHouse({ rules: [rule({ targets })] });
  await buses.put([{ ...sale, resources: ["a", "b"] }]);
  await settle();
  expect(received.map(({ text }) => text)).toEqual([expected]);
});

test("the event without its detail, and when it came, are there for templates", async () => {
  const template =
    '{"head":<aws.events.event>,"all":<aws.events.event.json>,"at":<aws.events.event.ingestion-time>}';
  const targets = [{ id: "1", arn: functionArn, transformer: { paths: {}, template } }];
  const { buses, received, clock } = await startHouse({ rules: [rule({ targets })] });
  await buses.put([sale]);
  await settle();
  const { head, all, at } = JSON.parse(received[0]!.text);
  expect(head).toEqual({ ...all, detail: undefined });
  expect(all.detail).toEqual({ price: 7.5, item: "tea" });
  expect(at).toBe(`${new Date(clock.now()).toISOString().slice(0, 19)}Z`);
});

test("a template that makes a giant of an event is told, and the event is taken", async () => {
  const template = `[${new Array(300).fill("<aws.events.event.json>").join(",")}]`;
  const targets = [{ id: "1", arn: functionArn, transformer: { paths: {}, template } }];
  const { buses, received, logged } = await startHouse({ rules: [rule({ targets })] });
  await buses.put([{ ...sale, detail: JSON.stringify({ a: "x".repeat(100_000) }) }]);
  await settle();
  expect(received).toEqual([]);
  expect(logged).toMatchObject([{ what: "what a target should get of an event is too large" }]);
});

test("what failed for now is tried again after pauses that double", async () => {
  const { buses, received, clock, state } = await startHouse({ rules: [rule()] });
  const tries: number[] = [];
  state.fail = async () => {
    tries.push(clock.monotonic() / 1000);
    if (tries.length < 5) throw busy();
  };
  await buses.put([sale]);
  for (let second = 0; second < 20; second += 1) {
    await settle();
    clock.advance(1_000);
  }
  expect(tries).toEqual([0, 1, 3, 7, 15]);
  expect(received).toHaveLength(1);
});

test("a target that waiting does not help is not tried again", async () => {
  const { buses, clock, state, logged } = await startHouse({ rules: [rule()] });
  let tries = 0;
  state.fail = async () => {
    tries += 1;
    throw new Error("there is no function");
  };
  await buses.put([sale]);
  await settle();
  clock.advance(100_000);
  await settle();
  expect(tries).toBe(1);
  expect(logged).toMatchObject([{ fields: { reason: "there is no function", target: "1" } }]);
});

test.each([
  [{ attemptsMax: 2 }, 3],
  [{ attemptsMax: 0 }, 1],
  [{ ageSecondsMax: 60 }, 6], // at 0, 1, 3, 7, 15 and 31 seconds
])("the retry policy %p bounds the tries to %p", async (retry, expected) => {
  const targets = [{ id: "1", arn: functionArn, retry }];
  const { buses, clock, state, logged } = await startHouse({ rules: [rule({ targets })] });
  let tries = 0;
  state.fail = async () => {
    tries += 1;
    throw busy();
  };
  await buses.put([sale]);
  for (let second = 0; second < 100; second += 1) {
    await settle();
    clock.advance(1_000);
  }
  expect(tries).toBe(expected);
  expect(logged.map(({ what }) => what)).toEqual(["delivery of an event given up"]);
});

test("what was accepted is delivered after a crash, with the rule gone, too", async () => {
  const first = await startHouse({ rules: [rule()] });
  first.state.fail = () => new Promise(() => {}); // never done
  await first.buses.put([sale, { ...sale, detail: '{"n":2}' }]);
  const second = createHouse({ records: first.records });
  const accepting = second.buses.put([sale]); // while it starts
  await second.buses.start();
  await accepting;
  await settle();
  expect(second.received.map(({ text }) => JSON.parse(text).detail)).toEqual([
    { price: 7.5, item: "tea" },
    { n: 2 },
  ]);
  const third = await startHouse({ records: first.records });
  await settle();
  expect(third.received).toEqual([]);
});

test("a retry goes on after a restart, with its count", async () => {
  const targets = [{ id: "1", arn: functionArn, retry: { attemptsMax: 1 } }];
  const first = await startHouse({ rules: [rule({ targets })] });
  first.state.fail = async () => {
    throw busy();
  };
  await first.buses.put([sale]);
  await settle();
  await first.buses.close();
  const second = createHouse({ records: first.records, clock: first.clock });
  second.state.fail = first.state.fail;
  await second.buses.start();
  await settle();
  expect(second.logged).toMatchObject([{ fields: { tries: 2 } }]);
});

test("nothing is accepted while the buses close", async () => {
  const { buses } = await startHouse({ rules: [rule()] });
  await buses.close();
  await expect(buses.put([sale])).rejects.toMatchObject({ code: "CLOSED" });
});
